// Who breaks something while a run goes on. The run only tells when it began and when it is over,
// and asks what was broken.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "load/run/run_result.h"

namespace pim::load {

class FaultTimeline {
 public:
  virtual ~FaultTimeline() = default;
  // At the run's start, on the runner's thread: returns at once.
  virtual void start(std::chrono::steady_clock::time_point zero) = 0;
  // Undoes what is in force; returns when that is done. After the last request has ended.
  virtual void stop() = 0;
  // So far; one that is in force has `to` 0. Any thread. Times since `zero`.
  virtual std::vector<FaultPeriod> periods() const = 0;
  // What could not be begun or undone; after stop().
  virtual std::vector<std::string> failures() const { return {}; }
};

}  // namespace pim::load
