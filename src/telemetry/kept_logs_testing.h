// An exporter for tests that keeps what it gets.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/log_sender.h"

namespace pim::telemetry {

class KeptLogs {
 public:
  std::unique_ptr<LogExporter> exporter() { return std::make_unique<Exporter>(*this); }
  // Waits until there are so many.
  std::vector<LogRecord> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return records_.size() >= count; });
    return records_;
  }

 private:
  class Exporter final : public LogExporter {
   public:
    explicit Exporter(KeptLogs& kept) : kept_(kept) {}
    bool send(std::span<const LogRecord> records) override {
      const std::lock_guard lock(kept_.mutex_);
      kept_.records_.insert(kept_.records_.end(), records.begin(), records.end());
      kept_.changed_.notify_all();
      return true;
    }

   private:
    KeptLogs& kept_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<LogRecord> records_;
};

// An attribute's value as text; empty where it is not there.
inline std::string text_of(const std::vector<Attribute>& attributes, std::string_view key) {
  const auto found = std::ranges::find(attributes, key, &Attribute::key);
  if (found == attributes.end()) return {};
  if (const auto* text = std::get_if<std::string>(&found->value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&found->value)) {
    return std::to_string(*number);
  }
  if (const auto* number = std::get_if<double>(&found->value)) return std::to_string(*number);
  return std::get<bool>(found->value) ? "true" : "false";
}

}  // namespace pim::telemetry
