// A CPU profiler that may run in production: SIGPROF by each thread's own CPU clock, stacks by
// frame pointers, samples labelled with the span that the thread works for (current_span.h). While
// nobody records, no timer is armed and nothing is spent. docs/adr/0012 says why it is made so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/profile.h"
#include "telemetry/thread_timers.h"

namespace pim::telemetry {

struct ProfilerOptions {
  std::uint32_t hz = 100;       // samples a second of CPU time, 1 to 1000
  std::size_t stacks = 16'384;  // distinct ones a recording; samples of further ones are dropped
  std::chrono::milliseconds census{
      100};  // new threads are found, and the ring is emptied, so often
};

// Thread-safe.
class Profiler {
 public:
  // A process has one handler for SIGPROF, so one profiler at a time: null where there is another
  // one, also somebody else's.
  static std::unique_ptr<Profiler> start(const ProfilerOptions& options);
  ~Profiler();  // after all recordings
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  // Samples from its construction on; several may run at a time.
  class Recording {
   public:
    explicit Recording(Profiler& profiler);
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    // What was seen since the beginning, or since it was last taken.
    Profile take();

   private:
    Profiler& profiler_;
    Profile profile_;  // guarded by the profiler's mutex
    std::chrono::steady_clock::time_point began_;
    friend class Profiler;
  };

  struct Stats {
    std::uint64_t samples = 0;
    std::uint64_t dropped_ring = 0;    // the handler found no room
    std::uint64_t dropped_stacks = 0;  // too many distinct stacks in a recording
  };
  Stats stats() const;

 private:
  explicit Profiler(const ProfilerOptions& options);
  void run();
  void drain();  // mutex_ is held
  void begin(Recording& recording);

  const ProfilerOptions options_;
  const std::chrono::nanoseconds period_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Recording*> recordings_;  // guarded by mutex_, as all below
  ThreadTimers timers_;
  std::uint64_t samples_ = 0;
  std::uint64_t dropped_stacks_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pim::telemetry
