// What a run looks like while it goes on: the runner publishes it each second, another thread
// shows it, so that a terminal that does not read stops nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "load/run/run_result.h"

namespace pim::load {

struct Totals {
  std::uint64_t due = 0;
  std::uint64_t sent = 0;     // attempts
  std::uint64_t retries = 0;  // of them
  std::uint64_t ok = 0;
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  Totals operator-(const Totals& earlier) const {
    return {due - earlier.due, sent - earlier.sent,         retries - earlier.retries,
            ok - earlier.ok,   rejected - earlier.rejected, failed - earlier.failed};
  }
};

struct LiveView {
  std::uint64_t number = 0;  // of views published; 0: none yet
  std::string phase;         // `warm-up`, `measuring`, `draining`
  std::chrono::nanoseconds elapsed{0};
  std::chrono::nanoseconds planned{0};
  double seconds = 1;            // how long the last second was
  Totals last;                   // of it
  std::uint64_t p50_micros = 0;  // of those that were answered well in it
  std::uint64_t p99_micros = 0;
  std::uint64_t in_flight = 0;      // now
  std::uint64_t waiting = 0;        // now
  double retry_budget = 0;          // retries that are left now
  double cpu = 0;                   // of the generator's thread, 0 to 1
  std::uint64_t lag_micros = 0;     // the most
  std::uint64_t stale = 0;          // of the run: reads that did not show one's own write
  std::vector<ErrorResult> errors;  // of the measured part
};

// Thread-safe.
class LiveBoard {
 public:
  void publish(LiveView view) {
    const std::lock_guard lock(mutex_);
    view.number = view_.number + 1;
    view_ = std::move(view);
  }
  LiveView read() const {
    const std::lock_guard lock(mutex_);
    return view_;
  }

 private:
  mutable std::mutex mutex_;
  LiveView view_;
};

// For a terminal: a few lines, without control characters, each at most `width` characters.
std::string live_screen(const LiveView& view, const std::vector<FaultPeriod>& faults,
                        std::size_t width);
// For a pipe: one line without its end.
std::string live_line(const LiveView& view, const std::vector<FaultPeriod>& faults);

}  // namespace pim::load
