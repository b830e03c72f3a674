// Latencies in bounded memory: a log-linear histogram in the manner of HdrHistogram, with three
// significant digits from 1 us to 60 s (about 140 KiB, whatever is recorded).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pim::load {

// Not thread-safe: one a thread, merged at the end.
class Histogram {
 public:
  static constexpr std::uint64_t kLowestMicros = 1;
  static constexpr std::uint64_t kHighestMicros = 60'000'000;

  Histogram();

  // Rounds up to whole microseconds and clamps into the range; what is above it counts in
  // `overflowed()` too.
  void record(std::chrono::nanoseconds latency) { record_times(latency, 1); }
  void record_times(std::chrono::nanoseconds latency, std::uint64_t times);
  void merge(const Histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  std::uint64_t overflowed() const { return overflowed_; }
  // Microseconds; all 0 where nothing was recorded. min and max are exact, mean is of exact values.
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  double mean() const;
  // How many recorded values are above it, to three digits.
  std::uint64_t count_above(std::chrono::nanoseconds latency) const;
  // The smallest recorded value, to three digits and never below it, that at least `percent` % of
  // the recorded values do not exceed. 0 <= percent <= 100.
  std::uint64_t percentile(double percent) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t overflowed_ = 0;
  std::uint64_t min_ = kHighestMicros;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace pim::load
