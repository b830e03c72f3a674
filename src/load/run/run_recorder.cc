#include "load/run/run_recorder.h"

#include <algorithm>
#include <tuple>

#include "load/run/connections.h"

namespace pim::load {
namespace {

constexpr std::size_t kSlowest = 20;
constexpr std::size_t kMostErrors = 64;  // kinds; problem types are a closed set, but not ours
constexpr std::size_t kMostExample = 400;
constexpr std::size_t kMostStale = 20;
constexpr std::size_t kMostShards = 4096;

}  // namespace

RunRecorder::RunRecorder(const RunRecorderOptions& options)
    : options_(options),
      series_(options.interval, options.horizon),
      slowest_(kSlowest),
      slowest_sampled_(kSlowest) {}

OperationResult& RunRecorder::operation(std::size_t index) {
  auto& slot = operations_[index];
  if (!slot) {
    slot = std::make_unique<OperationResult>();
    slot->name = kOperations[index].name;
    slot->command = kOperations[index].command;
  }
  return *slot;
}

void RunRecorder::count(Outcomes& outcomes, Ending ending, std::chrono::nanoseconds latency) {
  if (failed(ending)) {
    ++outcomes.failed;
    outcomes.failed_latency.record(latency);
    return;
  }
  ++(ending == Ending::ok ? outcomes.ok : outcomes.rejected);
  if (ending == Ending::ok) outcomes.ok_latency.record(latency);
}

void RunRecorder::sent(const Ask& request, std::chrono::nanoseconds now) {
  Interval& interval = series_.at(now);
  ++interval.sent;
  ++totals_.sent;
  if (request.attempts > 1) {
    ++interval.retries;
    ++totals_.retries;
  }
  if (!measured(request.due)) return;
  ++operation(request.operation).attempts;
  ++attempts_;
}

void RunRecorder::attempt_ended(const Ask& request, const End& end, std::chrono::nanoseconds now) {
  if (request.attempts == 1 && failed(end.ending)) ++series_.at(now).first_failed;
  if (!measured(request.due)) return;
  if (request.attempts == 1) {
    count(operation(request.operation).before, end.ending, now - request.due);
  }
  if (end.ending == Ending::ok) return;
  auto& kind = error(end.ending, end.kind);
  if (kind.attempts++ == 0) explain(kind, request, end, now);
}

void RunRecorder::ended(const Ask& request, const End& end, std::chrono::nanoseconds now) {
  const auto latency = now - request.due;
  Interval& interval = series_.at(now);
  ++interval.by_ending[static_cast<std::size_t>(end.ending)];
  if (failed(end.ending)) {
    ++interval.failed;
    ++totals_.failed;
  } else if (end.ending == Ending::ok) {
    ++interval.ok;
    ++totals_.ok;
  } else {
    ++interval.rejected;
    ++totals_.rejected;
  }
  if (!failed(end.ending) && request.shard >= 0) {
    const auto shard = static_cast<std::size_t>(request.shard);
    if (interval.by_shard.size() <= shard && shard < kMostShards) {
      interval.by_shard.resize(shard + 1);
    }
    if (shard < interval.by_shard.size()) ++interval.by_shard[shard];
  }
  if (end.ending == Ending::ok && request.operation != kReadOwnWrite) {
    series_.latency(request.due, latency);
    lately_.record(latency);
  }
  if (!measured(request.due)) return;
  count(operation(request.operation).after, end.ending, latency);
  if (request.operation == kReadOwnWrite) return;
  count(shards_[request.shard], end.ending, latency);
  if (end.ending != Ending::ok) ++error(end.ending, end.kind).requests;
  keep_slow(request, end, latency);
}

void RunRecorder::never_sent(std::size_t index, std::chrono::nanoseconds due, Ending ending,
                             std::string_view kind, std::chrono::nanoseconds now) {
  Interval& interval = series_.at(now);
  ++interval.by_ending[static_cast<std::size_t>(ending)];
  ++interval.failed;
  ++totals_.failed;
  ++interval.not_sent;
  ++interval.first_failed;
  if (!measured(due)) return;
  count(operation(index).before, ending, now - due);
  count(operation(index).after, ending, now - due);
  if (index != kReadOwnWrite) count(shards_[-1], ending, now - due);
  auto& result = error(ending, kind);
  if (result.requests++ == 0) {
    result.at = now;
    result.example = operation(index).name;
  }
}

void RunRecorder::own_write_seen(const Ask& request, Version seen, std::chrono::nanoseconds now) {
  ++own_writes_.checked;
  if (seen >= request.wanted) return;
  ++own_writes_.stale;
  if (own_writes_.examples.size() >= kMostStale) return;
  own_writes_.examples.push_back({now, request.path, request.min_position, request.wanted, seen,
                                  request.request_id, request.trace.trace_hex()});
}

ErrorResult& RunRecorder::error(Ending ending, std::string_view kind) {
  const auto outcome = to_string(ending);
  auto found = std::ranges::find_if(errors_, [&](const ErrorResult& each) {
    return each.kind == kind && each.outcome == outcome;
  });
  if (found != errors_.end()) return *found;
  if (errors_.size() >= kMostErrors) return errors_.back();
  const bool last = errors_.size() + 1 == kMostErrors;
  auto& added = errors_.emplace_back();
  added.kind = last ? "further kinds" : kind;
  added.outcome = last ? to_string(Ending::other) : outcome;
  return added;
}

void RunRecorder::explain(ErrorResult& error, const Ask& request, const End& end,
                          std::chrono::nanoseconds now) {
  error.at = now;
  error.example =
      end.error != nullptr ? end.error->to_string() : std::string(end.said.substr(0, kMostExample));
  error.request_id = request.request_id;
  error.trace_id = request.trace.trace_hex();
}

void RunRecorder::keep_slow(const Ask& request, const End& end, std::chrono::nanoseconds latency) {
  const bool sampled = request.trace.sampled;
  const bool of_all = slowest_.takes(latency);
  const bool of_sampled = sampled && slowest_sampled_.takes(latency);
  if (!of_all && !of_sampled) return;
  const SlowRequest slow{request.due,
                         latency,
                         request.first_sent - request.due,
                         std::string(kOperations[request.operation].name),
                         request.request_id,
                         request.trace.trace_hex(),
                         sampled,
                         request.shard,
                         request.attempts,
                         std::string(end.kind)};
  if (of_all) slowest_.add(slow);
  if (of_sampled) slowest_sampled_.add(slow);
}

void RunRecorder::finish(RunResult& result) {
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if (!operations_[i]) continue;
    if (i == kReadOwnWrite) {
      own_writes_.reads = std::move(*operations_[i]);
    } else {
      result.operations.push_back(std::move(*operations_[i]));
    }
  }
  for (auto& [shard, outcomes] : shards_) {
    result.shards.push_back({shard, std::move(outcomes)});
  }
  result.errors = std::move(errors_);
  std::ranges::stable_sort(result.errors, std::ranges::greater(), [](const ErrorResult& error) {
    return std::tuple(error.requests, error.attempts);
  });
  result.interval = series_.width();
  result.series = series_.finish();
  result.slowest = slowest_.kept();
  for (const SlowRequest& slow : slowest_sampled_.kept()) {
    const bool there = std::ranges::any_of(result.slowest, [&](const SlowRequest& other) {
      return other.request_id == slow.request_id;
    });
    if (!there) result.slowest.push_back(slow);
  }
  std::ranges::sort(result.slowest, std::ranges::greater(), &SlowRequest::latency);
  result.read_your_writes = std::move(own_writes_);
}

}  // namespace pim::load
