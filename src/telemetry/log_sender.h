// Where log records go besides the lines: by an export queue, to a back end.
#pragma once

#include <memory>
#include <span>
#include <utility>

#include "telemetry/export_queue.h"
#include "telemetry/log_record.h"

namespace pim::telemetry {

// The port to a back end. Used by one thread at a time.
class LogExporter {
 public:
  virtual ~LogExporter() = default;
  // False: not delivered, and may be tried again. Returns within a few seconds.
  virtual bool send(std::span<const LogRecord> records) = 0;
};

// Thread-safe; never blocks.
class LogSender {
 public:
  explicit LogSender(std::unique_ptr<LogExporter> exporter, const ExportQueueOptions& options = {})
      : exporter_(std::move(exporter)),
        queue_(
            "log-sender",
            [this](std::span<const LogRecord> records) { return exporter_->send(records); },
            options) {}
  // Sends what is left, up to the first failure.
  ~LogSender() = default;
  LogSender(const LogSender&) = delete;
  LogSender& operator=(const LogSender&) = delete;

  void put(LogRecord record) {
    make_fit(record);
    queue_.put(std::move(record));
  }
  // Begins to send what is left; the destructor waits for it.
  void close() { queue_.close(); }
  ExportStats stats() const { return queue_.stats(); }

 private:
  const std::unique_ptr<LogExporter> exporter_;
  ExportQueue<LogRecord> queue_;  // ends before the exporter does
};

}  // namespace pim::telemetry
