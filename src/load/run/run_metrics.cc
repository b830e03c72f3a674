#include "load/run/run_metrics.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "load/run/fault_timeline.h"
#include "load/run/metric_names.h"

namespace pim::load {
namespace {

using telemetry::Labels;
using telemetry::Sample;

constexpr auto kViews = std::to_array<std::string_view>({"first", "after_retries"});

void show(telemetry::Registry& registry, const telemetry::MetricInfo& info,
          std::function<double()> read) {
  registry.collect(info, [read = std::move(read)] { return std::vector<Sample>{{{}, read()}}; });
}

}  // namespace

RunMetrics::RunMetrics(telemetry::Registry& registry, const LiveBoard& board,
                       const FaultTimeline* faults)
    : over_budget(registry.counter(metrics::kRetriesDenied, {{"reason", "budget"}})),
      over_attempts(registry.counter(metrics::kRetriesDenied, {{"reason", "attempts"}})),
      over_deadline(registry.counter(metrics::kRetriesDenied, {{"reason", "deadline"}})),
      fresh(registry.counter(metrics::kOwnWrites, {{"result", "fresh"}})),
      stale(registry.counter(metrics::kOwnWrites, {{"result", "stale"}})),
      attempts_(registry.counter(metrics::kAttempts)),
      retries_(registry.counter(metrics::kRetries)) {
  // All of them at once: a rate needs the zero that a series began with.
  for (std::size_t view = 0; view < kViews.size(); ++view) {
    for (std::size_t i = 0; i < kOperations.size(); ++i) {
      const Labels labels{{"operation", std::string(kOperations[i].name)},
                          {"kind", kOperations[i].command ? "command" : "query"},
                          {"view", std::string(kViews[view])}};
      OfOperation& operation = operations_[view][i];
      operation.seconds = &registry.histogram(metrics::kRequestSeconds, labels);
      for (std::size_t ending = 0; ending < kEndings.size(); ++ending) {
        Labels with_outcome = labels;
        with_outcome.emplace_back("outcome", kEndings[ending]);
        operation.ended[ending] = &registry.counter(metrics::kRequests, with_outcome);
      }
    }
  }
  show(registry, metrics::kInFlight,
       [&board] { return static_cast<double>(board.read().in_flight); });
  show(registry, metrics::kWaiting, [&board] { return static_cast<double>(board.read().waiting); });
  show(registry, metrics::kRetryBudget, [&board] { return board.read().retry_budget; });
  show(registry, metrics::kLag,
       [&board] { return static_cast<double>(board.read().lag_micros) / 1e6; });
  show(registry, metrics::kCpu, [&board] { return board.read().cpu; });
  if (faults == nullptr) return;
  registry.collect(metrics::kFault, [faults] {
    std::vector<Sample> samples;
    for (const FaultPeriod& fault : faults->periods()) {
      if (fault.to.count() == 0) {
        samples.push_back({{{"kind", fault.kind}, {"target", fault.target}}, 1});
      }
    }
    return samples;
  });
}

void RunMetrics::ended(View view, std::size_t operation, Ending ending,
                       std::chrono::nanoseconds latency, const telemetry::TraceContext* kept) {
  const OfOperation& series = operations_[static_cast<std::size_t>(view)][operation];
  series.ended[static_cast<std::size_t>(ending)]->add();
  series.seconds->observe(latency, kept);
}

void RunMetrics::sent(std::uint32_t attempt) {
  attempts_.add();
  if (attempt > 1) retries_.add();
}

}  // namespace pim::load
