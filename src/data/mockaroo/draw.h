// Random numbers by counter: what is drawn for a place (seed, stream, row, column) depends on
// nothing drawn before it, so any row can be made again alone.
#pragma once

#include <cstdint>
#include <string_view>

namespace pim::data::mockaroo {

class Draw {
 public:
  Draw(std::uint64_t seed, std::string_view stream, std::uint64_t row, std::uint64_t column)
      : key_(mix(mix(mix(mix(seed) ^ hash(stream)) ^ row) ^ column)) {}

  std::uint64_t next() { return mix(key_ + counter_++ * 0xD1342543DE82EF95ULL); }
  // 0 to limit - 1; limit > 0. The bias over small limits is far below any use here.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  // low to high, both included; low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    const auto step = span == ~std::uint64_t{0} ? next() : below(span + 1);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
  }
  // 0 <= x < 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  // The finaliser of SplitMix64: every bit of the input changes half of the output's.
  static constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
  }
  // FNV-1a, 64 bits.
  static constexpr std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xCBF29CE484222325ULL;
    for (const char c : text) {
      value = (value ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
    }
    return value;
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace pim::data::mockaroo
