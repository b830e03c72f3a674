// Faults at their times, on a thread of its own, all undone at the end, at an error and at a stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "chaos/fault.h"

namespace pim::chaos {

struct PlannedFault {
  std::chrono::nanoseconds at{0};      // after the start
  std::chrono::nanoseconds length{0};  // from when it is in force until it is undone
  Fault fault;
};

enum class Phase : std::uint8_t { began, ended, failed };

struct FaultNews {
  Phase phase;
  GroundTruth truth;
  std::string problem;  // of `failed`: what and why
};

class Timeline {
 public:
  // `tell` is called on the timeline's thread, for each beginning, end and failure.
  explicit Timeline(std::vector<PlannedFault> plan,
                    std::function<void(const FaultNews&)> tell = {});
  ~Timeline();  // stops
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // Once. `start` may be past or to come.
  void start(std::chrono::steady_clock::time_point start);
  // Undoes what is in force and begins nothing more; returns when that is done. From any thread,
  // but not from a signal handler.
  void stop();
  // Until all is over, or the time; false: not over.
  bool wait_until(std::chrono::steady_clock::time_point time);

  // So far, in the plan's order: only faults that were begun. Thread-safe.
  std::vector<GroundTruth> truths() const;
  // The same by place in the plan; without `from` where one was not begun. Thread-safe.
  std::vector<GroundTruth> truths_by_place() const;
  // What could not be begun or undone. Thread-safe.
  std::vector<FaultError> errors() const;

 private:
  void run(const std::stop_token& stopping, std::chrono::steady_clock::time_point start);
  void begin(std::size_t index);
  void end(std::size_t index);
  void note(std::size_t index, Phase phase, const FaultError* error);

  std::vector<PlannedFault> plan_;  // of the thread, once started
  const std::function<void(const FaultNews&)> tell_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool over_ = true;                 // guarded by mutex_, as below
  std::vector<GroundTruth> truths_;  // by place in the plan
  std::vector<FaultError> errors_;
  std::jthread thread_;
};

}  // namespace pim::chaos
