// A run by the second: what happened in each, and the latency of what was due in it. Memory is
// bounded by the number of intervals, which the owner chooses, and by how long a request may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

#include "load/histogram.h"
#include "load/run/run_result.h"

namespace pim::load {

class Series {
 public:
  // No latency is told later than `horizon` after its request was due.
  Series(std::chrono::nanoseconds width, std::chrono::nanoseconds horizon);

  // The interval of a time, which is not far behind the latest that was asked for.
  Interval& at(std::chrono::nanoseconds now);
  // Of a request that ended with an answer.
  void latency(std::chrono::nanoseconds due, std::chrono::nanoseconds latency);

  std::chrono::nanoseconds width() const { return width_; }
  std::vector<Interval> finish();

 private:
  std::size_t index_of(std::chrono::nanoseconds time) const {
    return static_cast<std::size_t>(time / width_);
  }
  void close_first();

  const std::chrono::nanoseconds width_;
  const std::size_t open_most_;
  std::vector<Interval> intervals_;
  std::deque<Histogram> open_;  // of intervals that latencies may still come to
  std::size_t first_open_ = 0;  // the interval of open_.front()
};

// Seconds while they are few, wider where a run is so long that they would be many.
std::chrono::nanoseconds interval_for(std::chrono::nanoseconds run);

}  // namespace pim::load
