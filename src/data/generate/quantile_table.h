// A distribution by its quantiles: random bits in, a value out, in constant time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace pim::data::generate {

// "A share of `p` of all values is at most `value`."
struct Knot {
  double p;
  double value;
};

// Between knots: straight in the logarithm of the value, and from 0.9 on in that of 1 - p too, so
// that a tail is a power law (Zipf). A knot at value 0 makes the piece after it straight.
//
// Integers inside, so that every machine draws the same values. The steps are finer towards p = 1.
class QuantileTable {
 public:
  // p ascending from 0 to 1. Values times `scale` are below 2^32.
  QuantileTable(std::span<const Knot> knots, double scale);

  // Times the scale, not rounded up.
  std::uint32_t operator()(std::uint32_t bits) const {
    const std::uint32_t above = ~bits | 1;  // 1 - p
    const int zeros = std::countl_zero(above);
    const std::uint32_t shifted = above << zeros;
    const std::size_t at =
        (static_cast<std::size_t>(31 - zeros) << kStepBits) | ((shifted >> kRestBits) & kStepMask);
    const std::int64_t from = values_[at];
    const std::int64_t to = values_[at + 1];
    const std::int64_t rest = shifted & ((1U << kRestBits) - 1);
    return static_cast<std::uint32_t>(from + ((to - from) * rest >> kRestBits));
  }

 private:
  static constexpr unsigned kStepBits = 5;  // steps in each halving of 1 - p: 32
  static constexpr unsigned kStepMask = (1U << kStepBits) - 1;
  static constexpr unsigned kRestBits = 31 - kStepBits;
  std::array<std::uint32_t, (32U << kStepBits) + 1> values_{};
};

// Small counts by their cumulative shares; counts that are not listed share what lies between.
class CountTable {
 public:
  static constexpr std::uint32_t kMax = 255;
  // `value` ascending whole numbers up to kMax, `p` up to 1.
  explicit CountTable(std::span<const Knot> knots);

  std::uint32_t operator()(std::uint32_t bits) const {
    std::uint32_t count = 0;
    while (bits >= thresholds_[count]) ++count;
    return count;
  }

 private:
  std::array<std::uint64_t, kMax + 1> thresholds_{};
};

// Where a table's quantiles are its value's own weight: half of all weight lies below
// inverse_share(half). For picking places by load.
class ShareTable {
 public:
  explicit ShareTable(std::span<const Knot> knots);

  // The place, in 2^-32.
  std::uint32_t operator()(std::uint32_t bits) const {
    const std::size_t at = bits >> (32 - kBits);
    const std::int64_t rest = bits & ((1U << (32 - kBits)) - 1);
    const std::int64_t from = places_[at];
    return static_cast<std::uint32_t>(from + ((places_[at + 1] - from) * rest >> (32 - kBits)));
  }

 private:
  static constexpr unsigned kBits = 11;
  std::array<std::int64_t, (1U << kBits) + 1> places_{};
};

}  // namespace pim::data::generate
