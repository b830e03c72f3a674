// The run's own metrics, bound once: see metric_names.h.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "load/run/ending.h"
#include "load/run/live.h"
#include "load/run/operation.h"
#include "telemetry/metrics.h"

namespace pim::load {

class FaultTimeline;

// Updated by the runner's thread, read by any.
class RunMetrics {
 public:
  // All outlive the registry's last scrape. `faults` may be null.
  RunMetrics(telemetry::Registry& registry, const LiveBoard& board, const FaultTimeline* faults);

  enum class View : std::uint8_t { first, after_retries };
  // `kept`: its trace, where the server was asked to keep it.
  void ended(View view, std::size_t operation, Ending ending, std::chrono::nanoseconds latency,
             const telemetry::TraceContext* kept);
  void sent(std::uint32_t attempt);

  telemetry::Counter& over_budget;
  telemetry::Counter& over_attempts;
  telemetry::Counter& over_deadline;
  telemetry::Counter& fresh;
  telemetry::Counter& stale;

 private:
  struct OfOperation {
    std::array<telemetry::Counter*, kEndings.size()> ended{};
    telemetry::Histogram* seconds = nullptr;
  };
  std::array<std::array<OfOperation, kOperations.size()>, 2> operations_{};  // by view
  telemetry::Counter& attempts_;
  telemetry::Counter& retries_;
};

}  // namespace pim::load
