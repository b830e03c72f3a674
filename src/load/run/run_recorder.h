// What a run's requests were, gathered while it goes on, in memory that does not grow with their
// number. One thread. Times are since the run's start.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "load/run/ask.h"
#include "load/run/ending.h"
#include "load/run/live.h"
#include "load/run/operation.h"
#include "load/run/run_result.h"
#include "load/run/series.h"
#include "load/run/slowest.h"

namespace pim::load {

// How an attempt ended; of a request: how its last one did.
struct End {
  Ending ending = Ending::other;
  std::string_view kind;                // see kind_of(); `200` of an answer
  std::string_view said;                // the reply's body
  const AttemptError* error = nullptr;  // where there was no reply
};

struct RunRecorderOptions {
  std::chrono::nanoseconds measure_from{0};  // requests due before are of the warm-up
  std::chrono::nanoseconds interval{0};      // of the series
  std::chrono::nanoseconds horizon{0};       // no request takes longer
};

class RunRecorder {
 public:
  explicit RunRecorder(const RunRecorderOptions& options);

  void due(std::chrono::nanoseconds now) {
    ++series_.at(now).due;
    ++totals_.due;
  }
  // An attempt of it; `request.attempts` counts this one.
  void sent(const Ask& request, std::chrono::nanoseconds now);
  void attempt_ended(const Ask& request, const End& end, std::chrono::nanoseconds now);
  // After its last attempt.
  void ended(const Ask& request, const End& end, std::chrono::nanoseconds now);
  // A request that was given up before its first attempt, for the reason `kind`.
  void never_sent(std::size_t operation, std::chrono::nanoseconds due, Ending ending,
                  std::string_view kind, std::chrono::nanoseconds now);
  // The answer of a read of one's own write showed `seen`.
  void own_write_seen(const Ask& request, Version seen, std::chrono::nanoseconds now);

  Interval& at(std::chrono::nanoseconds now) { return series_.at(now); }
  const Totals& totals() const { return totals_; }  // of the whole run, warm-up included
  // Latency of what was answered well since it was last cleared: the live view's second.
  Histogram& lately() { return lately_; }
  // Of the measured part, so far; by kind.
  const std::vector<ErrorResult>& errors() const { return errors_; }
  std::uint64_t stale() const { return own_writes_.stale; }
  std::uint64_t attempts() const { return attempts_; }  // of the measured part

  // Fills in what it knows, once.
  void finish(RunResult& result);

 private:
  bool measured(std::chrono::nanoseconds due) const { return due >= options_.measure_from; }
  OperationResult& operation(std::size_t index);
  static void count(Outcomes& outcomes, Ending ending, std::chrono::nanoseconds latency);
  ErrorResult& error(Ending ending, std::string_view kind);
  void explain(ErrorResult& error, const Ask& request, const End& end,
               std::chrono::nanoseconds now);
  void keep_slow(const Ask& request, const End& end, std::chrono::nanoseconds latency);

  const RunRecorderOptions options_;
  Series series_;
  Histogram lately_;
  std::array<std::unique_ptr<OperationResult>, kOperations.size()> operations_;
  std::map<std::int32_t, Outcomes> shards_;
  std::vector<ErrorResult> errors_;
  Slowest slowest_;
  Slowest slowest_sampled_;
  ReadYourWrites own_writes_;
  Totals totals_;
  std::uint64_t attempts_ = 0;
};

}  // namespace pim::load
