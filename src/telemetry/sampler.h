// Which new traces are kept: all of them up to a rate, beyond it a share. So a quiet service keeps
// everything, and a busy one costs little; how much was kept is counted, for whoever multiplies.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "telemetry/trace.h"

namespace pim::telemetry {

struct SamplerOptions {
  double rate = 50;     // traces a second; 0: none by rate
  double share = 0.01;  // of the rest, 0 to 1
};

// Thread-safe; a few nanoseconds.
class Sampler {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Sampler(const SamplerOptions& options);

  // By the trace's id for the share, so that everybody who has the same share decides alike.
  bool keep(const TraceContext& trace, Time now);

  std::uint64_t asked() const { return asked_.load(std::memory_order_relaxed); }
  std::uint64_t kept() const { return kept_.load(std::memory_order_relaxed); }

 private:
  bool within_rate(Time now);

  const std::int64_t interval_ns_;  // between two traces at the rate; 0: none by rate
  const std::uint64_t threshold_;   // ids below it are of the share
  std::atomic<std::int64_t> next_ns_{0};
  std::atomic<std::uint64_t> asked_{0};
  std::atomic<std::uint64_t> kept_{0};
};

}  // namespace pim::telemetry
