// Random numbers by counter: what is drawn for a place (seed, entity, index, nth draw) depends on
// nothing drawn before it, so any row can be made again alone and at any thread count.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pim::load {

// The finaliser of SplitMix64: every bit of the input changes half of the output's.
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

class Dice {
 public:
  constexpr Dice(std::uint64_t seed, std::uint64_t entity, std::uint64_t index)
      : key_(mix(mix(mix(seed) ^ entity) ^ index)) {}

  constexpr std::uint64_t next() { return mix(key_ + counter_++ * 0xD1342543DE82EF95ULL); }
  // 0 to limit - 1; limit > 0. The bias of 64 bits over small limits is far below any use here.
  constexpr std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  // low to high, both included.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  // 0 <= x < 1.
  constexpr double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  constexpr bool chance(double probability) { return unit() < probability; }
  // The index drawn by cumulative per-mille weights, the last of which is 1000.
  constexpr std::size_t weighted(std::span<const int> cumulative) {
    const auto drawn = static_cast<int>(below(1000));
    std::size_t index = 0;
    while (drawn >= cumulative[index]) ++index;
    return index;
  }
  // An index below `size`, skewed so that the first 10 % are drawn in 45 % of the cases.
  std::size_t skewed(std::size_t size) {
    constexpr double kExponent = 2.88;  // 0.45 ^ kExponent = 0.1
    return static_cast<std::size_t>(std::pow(unit(), kExponent) * static_cast<double>(size));
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace pim::load
