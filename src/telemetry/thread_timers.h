// A clock for each thread of the process that counts the thread's own CPU time and sends SIGPROF to
// it: no thread's samples go to another one, and a thread that sleeps is never woken.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <ctime>
#include <random>
#include <unordered_map>

namespace pim::telemetry {

// Of one thread at a time.
class ThreadTimers {
 public:
  explicit ThreadTimers(std::chrono::nanoseconds period) : period_(period) {}
  ~ThreadTimers() { disarm(); }
  ThreadTimers(const ThreadTimers&) = delete;
  ThreadTimers& operator=(const ThreadTimers&) = delete;

  // Arms the threads that have come since the last call, and lets go of those that have ended. A
  // thread that lives between two calls is not seen.
  void take_census();
  // All of them. A signal that is already under way may still come.
  void disarm();

  std::size_t armed() const { return timers_.size(); }

 private:
  void arm(pid_t thread);

  const std::chrono::nanoseconds period_;
  struct Timer {
    timer_t id = {};
    std::uint64_t census = 0;  // the last one that saw the thread
  };
  std::unordered_map<pid_t, Timer> timers_;
  std::uint64_t census_ = 0;
  std::minstd_rand random_{1};
};

}  // namespace pim::telemetry
