// Runs a load against one server: one thread, one epoll, many connections.
//
//   Arrivals -> due -> (waiting for a connection) -> attempt -> answer -> Source
//                             ^                         |
//                             +------- backoff <--------+ failed, within deadline and budget
//
// In the open model requests become due whatever the server does, and a request's latency counts
// from then; in the closed model from when its client wanted to ask.
#pragma once

#include <atomic>
#include <string>

#include "domain/result.h"
#include "load/history/history.h"
#include "load/run/fault_timeline.h"
#include "load/run/live.h"
#include "load/run/run_metrics.h"
#include "load/run/run_options.h"
#include "load/run/run_result.h"
#include "load/run/source.h"

namespace pim::load {

// All outlive the run.
struct RunParts {
  Source& source;
  HistoryWriter& history;
  RunMetrics& metrics;
  LiveBoard& board;
  Arrivals* arrivals = nullptr;                    // of an open model
  FaultTimeline* faults = nullptr;                 // null: nothing is broken
  const std::atomic<bool>* interrupted = nullptr;  // set: ends early
};

// Blocks for warm-up, duration and at most the deadline for what is still under way. The result
// lacks what only its caller knows: name, description, target, checks and verdict. An error: the
// host has no address.
Result<RunResult, std::string> run_load(const RunOptions& options, const RunParts& parts);

}  // namespace pim::load
