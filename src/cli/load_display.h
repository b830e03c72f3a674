// Shows a run while it goes on, on a thread of its own: redrawn each second on a terminal, a plain
// line every few seconds in a pipe. On stderr.
#pragma once

#include <stop_token>
#include <thread>

#include "load/run/fault_timeline.h"
#include "load/run/live.h"

namespace pim::cli {

class LoadDisplay {
 public:
  // Both outlive it; `faults` may be null.
  LoadDisplay(const load::LiveBoard& board, const load::FaultTimeline* faults);
  // Ends; what it drew is taken away.
  ~LoadDisplay() = default;

 private:
  void show(const std::stop_token& stopping);

  const load::LiveBoard& board_;
  const load::FaultTimeline* const faults_;
  const bool terminal_;
  std::jthread thread_;
};

}  // namespace pim::cli
