#include "telemetry/log_writer.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

namespace pim::telemetry {

void LogWriter::write_to(int descriptor) {
  const std::lock_guard lock(mutex_);
  descriptor_ = descriptor;
  terminal_ = ::isatty(descriptor) == 1;
  torn_ = false;
}

bool LogWriter::write(const LogRecord& record, Time now) {
  const std::lock_guard lock(mutex_);
  auto& second = seconds_[static_cast<std::size_t>(record.level)];
  if (!admit(second, now)) return false;
  if (const auto dropped = std::exchange(second.dropped, 0); dropped > 0) {
    LogRecord notice;
    notice.time = record.time;
    notice.level = Level::warn;
    notice.body = "log lines dropped in a flood";
    notice.attributes = {{"dropped_level", std::string(to_string(record.level))},
                         {"dropped", static_cast<std::int64_t>(dropped)}};
    put(notice);
  }
  put(record);
  return true;
}

bool LogWriter::admit(Second& second, Time now) {
  if (now - second.began >= std::chrono::seconds(1)) {
    second.began = now;
    second.lines = 0;
  }
  if (second.lines < kLinesPerSecond) {
    ++second.lines;
    return true;
  }
  ++second.dropped;
  flood_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

// A pipe that polls as writable takes PIPE_BUF bytes without waiting.
void LogWriter::put(const LogRecord& record) {
  std::string line = terminal_ ? text_line(record) : json_line(record);
  if (torn_) line.insert(line.begin(), '\n');  // what came of the one before stands alone
  for (std::size_t at = 0; at < line.size();) {
    pollfd ready{descriptor_, POLLOUT, 0};
    const bool room = ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
    const ssize_t written =
        room ? ::write(descriptor_, line.data() + at,
                       std::min(line.size() - at, static_cast<std::size_t>(PIPE_BUF)))
             : -1;
    if (written <= 0) {
      unread_.fetch_add(1, std::memory_order_relaxed);
      torn_ = torn_ || at > 0;
      return;
    }
    at += static_cast<std::size_t>(written);
  }
  torn_ = false;
}

}  // namespace pim::telemetry
