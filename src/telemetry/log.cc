#include "telemetry/log.h"

#include <unistd.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "telemetry/current_span.h"
#include "telemetry/log_sender.h"
#include "telemetry/log_writer.h"

namespace pim::telemetry {
namespace {

std::atomic<Level> threshold{Level::info};

LogWriter& lines() {
  static LogWriter writer(STDERR_FILENO);
  return writer;
}

class Forwarding {
 public:
  void to(LogSender* sender) {
    const std::lock_guard lock(mutex_);
    sender_ = sender;
  }
  void put(LogRecord record) {
    const std::lock_guard lock(mutex_);
    if (sender_ != nullptr) sender_->put(std::move(record));
  }

 private:
  std::mutex mutex_;
  LogSender* sender_ = nullptr;  // guarded by mutex_
};

Forwarding& forwarding() {
  static Forwarding forwarding;
  return forwarding;
}

}  // namespace

void set_log_level(Level level) { threshold.store(level, std::memory_order_relaxed); }
void set_log_output(int descriptor) { lines().write_to(descriptor); }
void forward_logs(LogSender* sender) { forwarding().to(sender); }

DroppedLines dropped_lines() { return {lines().dropped_in_floods(), lines().dropped_unread()}; }

void log_line(const LogRecord& record) { (void)lines().write(record); }

void log(LogRecord record) {
  if (record.level < threshold.load(std::memory_order_relaxed)) return;
  make_fit(record);
  if (lines().write(record)) forwarding().put(std::move(record));
}

void log(Level level, std::string_view message, std::initializer_list<LogField> fields,
         const TraceContext* trace) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  LogRecord record;
  record.time = std::chrono::system_clock::now();
  record.level = level;
  record.body = message;
  record.trace = trace != nullptr ? std::optional(*trace) : current_span();
  for (const auto& [name, value] : fields) record.attributes.push_back({name, value});
  log(std::move(record));
}

}  // namespace pim::telemetry
