// What one run of a scenario was: counts, latencies, series, samples. Plain values; the report, the
// verdict and result.json are made from them.
//
// Times are nanoseconds since the run's start (the first intended arrival of the warm-up is at 0).
// Everything but `series` and `faults` is of the measured part: requests that were due after the
// warm-up. A request's latency counts from its intended start in the open model, and from when its
// client wanted to send it in the closed one; what waits in the generator for a connection waits.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/histogram.h"
#include "load/run/ending.h"

namespace pim::load {

// How requests ended, and how long each took. Every request is in exactly one of the three.
struct Outcomes {
  std::uint64_t ok = 0;        // 2xx
  std::uint64_t rejected = 0;  // 4xx but 429: an answer, though valid requests should get none
  std::uint64_t failed = 0;    // 5xx, 429, no reply, no reply in time, not sent
  Histogram ok_latency;
  Histogram failed_latency;  // until it was given up
  std::uint64_t all() const { return ok + rejected + failed; }
};

struct OperationResult {
  std::string name;            // `admit-encounter`, `get-patient`: the route's operation
  bool command = false;        // else a query
  Outcomes before;             // what a client without retries would have seen: first attempts only
  Outcomes after;              // what our client saw, with its retries
  std::uint64_t attempts = 0;  // that were sent
};

// By the shard that answers named (Pim-Shard); a request without an answer goes to the shard that
// its patient was last answered by.
struct ShardResult {
  std::int32_t shard = -1;  // -1: of no known shard
  Outcomes after;
};

// One kind of failure or rejection: `timeout`, `connection reset`, `503 overloaded`, `not sent:
// too many waiting`, `409 stale-version`...
struct ErrorResult {
  std::string kind;
  std::string outcome;         // its class: `rejected`, `server_error`, `shed`, `timeout`, ...
  std::uint64_t attempts = 0;  // that ended so
  std::uint64_t requests = 0;  // that ended so after their last attempt
  std::string example;         // what the first one said
  std::string request_id;      // of it
  std::string trace_id;        // of it, 32 hex digits; empty: it was never sent
  std::chrono::nanoseconds at{0};
};

// One second of the run, or a few where it is long (RunResult::interval): what happened in it, and
// the latency of the requests that were *due* in it (so a stall is a falling line, as clients met
// it). Microseconds; 0 where there is none.
struct Interval {
  std::chrono::nanoseconds from{0};
  std::uint64_t due = 0;   // intended starts
  std::uint64_t sent = 0;  // attempts
  std::uint64_t ok = 0;    // requests that ended in it, by outcome
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::array<std::uint64_t, kEndings.size()> by_ending{};  // the same, one by one
  std::uint64_t not_sent = 0;                              // of the failed ones
  std::uint64_t first_failed = 0;  // first attempts that failed in it, or were never sent
  std::uint64_t retries = 0;       // attempts that were not the first
  std::uint64_t in_flight = 0;     // at its end: on a connection
  std::uint64_t waiting = 0;       // at its end: for a connection, or for their next attempt
  std::uint64_t p50_micros = 0;
  std::uint64_t p99_micros = 0;
  std::uint64_t p999_micros = 0;
  std::uint64_t max_micros = 0;
  std::uint64_t lag_micros = 0;         // the most by which an arrival was taken up late
  double cpu = 0;                       // of the generator's thread, 0 to 1
  std::vector<std::uint64_t> by_shard;  // answers; the index is the shard
};

// One of the slowest requests, slowest first in RunResult.
struct SlowRequest {
  std::chrono::nanoseconds due{0};
  std::chrono::nanoseconds latency{0};
  std::chrono::nanoseconds waited{0};  // of it: in the generator, before its first attempt
  std::string operation;
  std::string request_id;
  std::string trace_id;  // 32 hex digits; empty: it was never sent
  bool sampled = false;  // the server was asked to keep the trace
  std::int32_t shard = -1;
  std::uint32_t attempts = 0;
  std::string outcome;  // `200`, or an error's kind
};

// A read that asked for a position and did not show the write that had been acknowledged there.
struct StaleRead {
  std::chrono::nanoseconds at{0};
  std::string path;
  std::string position;      // Pim-Min-Position
  std::uint64_t wanted = 0;  // version, at least
  std::uint64_t seen = 0;
  std::string request_id;
  std::string trace_id;
};

struct ReadYourWrites {
  OperationResult reads;      // not among the operations: they wait for the projection
  std::uint64_t checked = 0;  // answers that were compared
  std::uint64_t stale = 0;
  std::vector<StaleRead> examples;  // the first few
};

// Ground truth of a fault that was in force while the run went on.
struct FaultPeriod {
  std::string kind;
  std::string target;
  std::chrono::nanoseconds from{0};
  std::chrono::nanoseconds to{0};  // the run's end where it was not undone before
  std::string alert = {};          // that the scenario expects; `none`: no page; empty: no word
};

struct RetryResult {
  std::uint64_t retries = 0;        // sent
  std::uint64_t recovered = 0;      // requests that failed first and ended well
  std::uint64_t over_budget = 0;    // retries that the budget forbade
  std::uint64_t over_attempts = 0;  // requests that failed after the most attempts
  std::uint64_t over_deadline = 0;  // requests whose deadline left no time for the next attempt
};

// The generator's view of itself.
struct GeneratorResult {
  double cpu = 0;                        // mean of its thread over the measured part, 0 to 1
  double busiest_cpu = 0;                // of one interval
  std::chrono::nanoseconds cpu_wait{0};  // its thread was ready to run and another one ran
  Histogram lag;  // arrivals: from the intended start to when it was taken up
  std::uint64_t most_waiting = 0;
  std::uint64_t most_in_flight = 0;
  double cpu_micros_per_attempt = 0;
  std::vector<std::string> bottlenecks;  // why the numbers are the generator's; empty: they are not
};

// One threshold of the scenario, held against the run.
struct Check {
  std::string name;    // `commands p99`, `availability`
  std::string wanted;  // `<= 30 ms`, `>= 99.9 %`
  std::string got;     // `12.4 ms`
  bool met = false;
  // The share that was used of what the objective allows to be bad; none of goodput, nor where it
  // allows nothing and something was bad.
  std::optional<double> budget_spent;
};

enum class Verdict : std::uint8_t { met, violated, inconclusive };

struct RunResult {
  std::string scenario;
  std::string description;
  std::uint64_t seed = 0;
  bool open_model = true;
  double rate_scale = 1;
  std::string target;  // http://127.0.0.1:8080
  std::chrono::system_clock::time_point started;
  std::chrono::nanoseconds warm_up{0};
  std::chrono::nanoseconds planned{0};  // warm-up and measured part
  std::chrono::nanoseconds elapsed{0};  // until the last request ended
  bool interrupted = false;             // Ctrl-C

  std::vector<OperationResult> operations;  // those that were used
  std::vector<ShardResult> shards;          // ascending
  std::vector<ErrorResult> errors;          // most requests first
  std::chrono::nanoseconds interval{0};
  std::vector<Interval> series;  // warm-up included
  // The slowest of all, and the slowest of those whose trace the server was asked to keep.
  std::vector<SlowRequest> slowest;
  ReadYourWrites read_your_writes;
  std::vector<FaultPeriod> faults;
  std::vector<std::string> fault_failures;  // what could not be begun or undone
  RetryResult retry;
  GeneratorResult generator;

  std::vector<Check> checks;         // of the thresholds, in the scenario's order
  std::vector<std::string> reasons;  // for a verdict that is not `met`
  Verdict verdict = Verdict::inconclusive;
};

}  // namespace pim::load
