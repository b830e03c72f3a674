#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pim::load {
namespace {

// The first 2,048 slots are one microsecond wide. Every following 1,024 cover one more power of
// two, so a slot is never wider than 1/1024 of its value.
constexpr unsigned kLinearBits = 11;
constexpr std::uint64_t kLinear = 1ULL << kLinearBits;
constexpr std::uint64_t kHalf = kLinear / 2;

constexpr std::size_t slot_of(std::uint64_t value) {
  if (value < kLinear) return static_cast<std::size_t>(value);
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kLinearBits;
  return static_cast<std::size_t>(shift * kHalf + (value >> shift));
}

// The highest value that falls into a slot.
constexpr std::uint64_t top_of(std::size_t slot) {
  if (slot < kLinear) return slot;
  const std::uint64_t shift = slot / kHalf - 1;
  const std::uint64_t mantissa = slot - shift * kHalf;
  return ((mantissa + 1) << shift) - 1;
}

static_assert(slot_of(top_of(5000)) == 5000 && slot_of(top_of(5000) + 1) == 5001);

}  // namespace

Histogram::Histogram() : counts_(slot_of(kHighestMicros) + 1) {}

void Histogram::record_times(std::chrono::nanoseconds latency, std::uint64_t times) {
  if (times == 0) return;
  const auto rounded = std::chrono::ceil<std::chrono::microseconds>(latency).count();
  const auto exact = static_cast<std::uint64_t>(std::max<std::int64_t>(rounded, kLowestMicros));
  const auto value = std::min(exact, kHighestMicros);
  counts_[slot_of(value)] += times;
  count_ += times;
  if (exact > kHighestMicros) overflowed_ += times;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value) * static_cast<double>(times);
}

std::uint64_t Histogram::count_above(std::chrono::nanoseconds latency) const {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(latency).count();
  if (micros < 0) return count_;
  std::uint64_t above = 0;
  for (std::size_t slot = slot_of(static_cast<std::uint64_t>(micros)) + 1; slot < counts_.size();
       ++slot) {
    above += counts_[slot];
  }
  return above;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  overflowed_ += other.overflowed_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  count_ = 0;
  overflowed_ = 0;
  min_ = kHighestMicros;
  max_ = 0;
  sum_ = 0;
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::uint64_t Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  // Less a hair: 99.9 % of 1,000 values are 999, whatever the doubles make of it.
  const double rank = std::clamp(percent, 0.0, 100.0) * static_cast<double>(count_) / 100.0;
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(rank * (1 - 1e-12))));
  std::uint64_t seen = 0;
  for (std::size_t slot = 0; slot < counts_.size(); ++slot) {
    seen += counts_[slot];
    if (seen >= wanted) return std::min(top_of(slot), max_);
  }
  return max_;
}

}  // namespace pim::load
