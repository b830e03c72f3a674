// A distribution in fixed buckets: plain atomics, a few nanoseconds an update, any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "telemetry/trace.h"

namespace pim::telemetry {

// Upper bounds of buckets, ascending; what is beyond the last one has a bucket, too.
inline constexpr std::array kSecondsBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.015,   0.03,   0.05,  0.1,    0.25,
                                           0.5,    1.0,     2.5,    10.0};
inline constexpr std::array kSizeBounds{1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0};

class Histogram {
 public:
  // `bounds` outlives it.
  explicit Histogram(std::span<const double> bounds = kSecondsBounds);

  // Values from 0 to about 10^10; a negative one counts as 0.
  void observe(double value) noexcept { observe(value, nullptr); }
  // With a trace that is kept: the newest of each bucket is its exemplar.
  void observe(double value, const TraceContext* kept) noexcept;
  void observe(std::chrono::nanoseconds time, const TraceContext* kept = nullptr) noexcept {
    observe(std::chrono::duration<double>(time).count(), kept);
  }

  struct Exemplar {
    TraceContext trace;
    double value = 0;
    std::chrono::system_clock::time_point at;
  };
  struct Snapshot {
    std::span<const double> bounds;
    std::vector<std::uint64_t> counts;               // by bucket, not cumulative
    std::vector<std::optional<Exemplar>> exemplars;  // by bucket
    double sum = 0;
    std::uint64_t count() const;
  };
  Snapshot snapshot() const;

 private:
  // Held for a copy; a writer that finds it taken leaves its exemplar out.
  struct Slot {
    mutable std::atomic_flag taken = ATOMIC_FLAG_INIT;
    bool filled = false;
    Exemplar exemplar;
  };
  std::optional<Exemplar> exemplar(std::size_t bucket) const;

  const std::span<const double> bounds_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  const std::unique_ptr<Slot[]> exemplars_;
  std::atomic<std::uint64_t> sum_nano_{0};  // in thousand-millionths
};

}  // namespace pim::telemetry
