#include "api/api_metrics.h"

#include <algorithm>

#include "api/metric_names.h"

namespace pim::api {

using telemetry::Labels;
using telemetry::Sample;

ApiMetrics::ApiMetrics(telemetry::Registry& registry, std::uint32_t shards,
                       const std::string& region)
    : shards_(shards),
      journal_failures_(registry.counter(metrics::kJournalFailures)),
      domain_events_logged_(registry.counter(metrics::kDomainEventsLogged)),
      late_(registry.counter(metrics::kLate)),
      read_shed_(registry.counter(metrics::kReadShed)),
      read_wait_(registry.histogram(metrics::kReadQueueWait)) {
  const auto bind = [&](std::string_view operation, std::string_view method) {
    RouteSeries series;
    for (std::size_t i = 0; i < kClasses; ++i) {
      series.requests[i] =
          &registry.counter(metrics::kRequests, {{"operation", std::string(operation)},
                                                 {"method", std::string(method)},
                                                 {"status", std::to_string(i + 1) + "xx"}});
    }
    for (std::size_t shard = 0; shard <= shards_; ++shard) {
      series.seconds.push_back(&registry.histogram(
          metrics::kRequestSeconds,
          {{"operation", std::string(operation)},
           {"shard", shard == shards_ ? std::string("none") : std::to_string(shard)}}));
    }
    routes_.push_back(std::move(series));
  };
  for (const Route& route : routes()) bind(route.operation, to_string(route.method));
  bind("none", "other");

  for (std::size_t shard = 0; shard < shards_; ++shard) {
    shard_requests_.push_back(&registry.counter(
        metrics::kShardRequests, {{"shard", std::to_string(shard)}, {"region", region}}));
  }
  for (const ProblemInfo* problem : problem_catalogue()) {
    malformed_.push_back(
        &registry.counter(metrics::kMalformed, {{"problem", std::string(problem->name)}}));
  }
  for (std::size_t i = 0; i <= static_cast<std::size_t>(TokenFault::bad_tenants); ++i) {
    denied_.push_back(&registry.counter(
        metrics::kDenied, {{"reason", std::string(to_string(static_cast<TokenFault>(i)))}}));
  }
  denied_.push_back(&registry.counter(metrics::kDenied, {{"reason", "forbidden"}}));
  registry.collect(metrics::kUnauthenticatedBySource, [sources = sources_] {
    std::vector<Sample> samples;
    const std::lock_guard lock(sources->mutex);
    for (const auto& [source, count] : sources->counts) {
      samples.push_back({{{"source", source}}, static_cast<double>(count)});
    }
    return samples;
  });
}

void ApiMetrics::answered(const Answer& answer) {
  const std::size_t route = answer.route == nullptr
                                ? routes_.size() - 1
                                : static_cast<std::size_t>(answer.route - routes().data());
  const RouteSeries& series = routes_[route];
  series.requests[std::clamp<std::size_t>(answer.status / 100, 1, kClasses) - 1]->add();
  const std::size_t shard = answer.shard ? answer.shard->value : shards_;
  series.seconds[shard]->observe(answer.duration, answer.kept);
  if (answer.shard) shard_requests_[shard]->add();
}

void ApiMetrics::refused(const ProblemInfo& problem) {
  const auto catalogue = problem_catalogue();
  const auto found = std::find(catalogue.begin(), catalogue.end(), &problem);
  if (found != catalogue.end()) {
    malformed_[static_cast<std::size_t>(found - catalogue.begin())]->add();
  }
}

void ApiMetrics::unauthenticated(TokenFault fault, std::string_view source) {
  denied_[static_cast<std::size_t>(fault)]->add();
  const std::lock_guard lock(sources_->mutex);
  auto& counts = sources_->counts;
  auto found = counts.find(source);
  if (found == counts.end()) {
    found = counts.try_emplace(counts.size() < kSources ? std::string(source) : "other").first;
  }
  ++found->second;
}

void ApiMetrics::forbidden() { denied_.back()->add(); }

void ScrapedMetrics::add(const telemetry::MetricInfo& info, Read read) {
  registry_.collect(info, [gate = gate_, read = std::move(read)] {
    const std::lock_guard lock(gate->mutex);
    return gate->open ? read() : std::vector<Sample>();
  });
}

void ScrapedMetrics::prepare(std::function<void()> read) {
  registry_.prepare([gate = gate_, read = std::move(read)] {
    const std::lock_guard lock(gate->mutex);
    if (gate->open) read();
  });
}

void ScrapedMetrics::detach() {
  const std::lock_guard lock(gate_->mutex);
  gate_->open = false;
}

}  // namespace pim::api
