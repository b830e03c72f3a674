// GET /debug/pprof/profile?seconds=N: what the process does with its CPU time, from now on and for
// N seconds, as pprof. Two at a time; nobody else waits for them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "api/call.h"
#include "api/worker_pool.h"
#include "telemetry/profiler.h"
#include "telemetry/symbolizer.h"

namespace pim::api {

// Thread-safe.
class ProfileEndpoint {
 public:
  // `profiler` null: there is none, and every request is told so.
  explicit ProfileEndpoint(telemetry::Profiler* profiler) : profiler_(profiler) {}

  using Answer = std::function<void(const std::shared_ptr<Call>&, Response)>;
  // Answers now where it cannot be done, else after the profile's time, on another thread.
  void handle(const std::shared_ptr<Call>& call, Answer answer);
  // What runs ends now, with a problem.
  void stop();

 private:
  Response record(const Call& call, std::chrono::seconds time);

  static constexpr std::size_t kAtATime = 2;

  telemetry::Profiler* const profiler_;
  telemetry::Symbolizer symbolizer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  WorkerPool workers_{kAtATime, kAtATime, "profile"};
};

}  // namespace pim::api
