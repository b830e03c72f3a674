// Whether a run's numbers are the server's or the generator's own: how late it took up arrivals,
// and how much of a processor its thread used. For the thread that makes it.
#pragma once

#include <chrono>
#include <cstdint>

#include "load/run/run_result.h"

namespace pim::load {

// Beyond these a run says nothing about the server.
struct SelfLimits {
  // Arrivals that are taken up later than `late` are late: at most this share of them may be.
  std::chrono::milliseconds late{20};
  double late_share = 0.01;
  // Of a processor, on average; at most this share of the seconds may be above.
  double cpu = 0.9;
  double busy_share = 0.05;
};

class SelfWatch {
 public:
  explicit SelfWatch(const SelfLimits& limits = {}) : limits_(limits) { begin(); }

  // The measured part begins: the processor's time counts from here.
  void begin();
  // An arrival of the measured part was taken up so much after its intended start.
  void taken_up(std::chrono::nanoseconds lag) {
    lag_.record(lag);
    if (lag > limits_.late) ++late_;
  }
  // About once a second; returns the share of a processor since the last time, 0 to 1.
  double tick();
  void finish(std::uint64_t attempts, GeneratorResult& result);

 private:
  const SelfLimits limits_;
  Histogram lag_;
  std::uint64_t late_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point ticked_;
  std::chrono::nanoseconds cpu_at_begin_{0};
  std::chrono::nanoseconds cpu_at_tick_{0};
  std::chrono::nanoseconds waited_at_begin_{0};
  double busiest_ = 0;
  std::uint64_t ticks_ = 0;
  std::uint64_t busy_ticks_ = 0;
};

}  // namespace pim::load
