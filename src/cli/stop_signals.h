// SIGTERM and SIGINT, waited for rather than handled.
#pragma once

#include <signal.h>

#include <chrono>

namespace pim::cli {

// Blocks them in this thread and those it starts from here on: to be made before any.
class StopSignals {
 public:
  StopSignals();
  // True once one came; false at the time-out.
  bool wait(std::chrono::nanoseconds timeout) const;

 private:
  sigset_t set_{};
};

}  // namespace pim::cli
