// An exporter for tests that keeps what it gets.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "telemetry/tracer.h"

namespace pim::telemetry {

class KeptSpans {
 public:
  std::unique_ptr<SpanExporter> exporter() { return std::make_unique<Exporter>(*this); }
  // Waits until there are so many.
  std::vector<Span> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return spans_.size() >= count; });
    return spans_;
  }

 private:
  class Exporter final : public SpanExporter {
   public:
    explicit Exporter(KeptSpans& kept) : kept_(kept) {}
    bool send(std::span<const Span> spans) override {
      const std::lock_guard lock(kept_.mutex_);
      kept_.spans_.insert(kept_.spans_.end(), spans.begin(), spans.end());
      kept_.changed_.notify_all();
      return true;
    }

   private:
    KeptSpans& kept_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Span> spans_;
};

// The one of that name; a span without a name where there is none.
inline Span span_named(const std::vector<Span>& spans, std::string_view name) {
  const auto found = std::ranges::find(spans, name, &Span::name);
  return found == spans.end() ? Span{} : *found;
}

inline TracerOptions keep_all() {
  TracerOptions options;
  options.sampling = {.rate = 0, .share = 1};
  options.linger = std::chrono::milliseconds(1);
  return options;
}

}  // namespace pim::telemetry
