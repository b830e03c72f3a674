// Makes one quantity lean on another without changing its own distribution.
//
// The cases are split into strata in ascending order (classes of encounters, bands of age), with
// known shares. A case of stratum k draws its quantile from k's own stretch of [0, 1) with a chance
// of `pull`; else from what the others leave. Over all cases the quantile is uniform again.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pim::data::generate {

struct Stratum {
  double share;  // of the cases
  double pull;   // 0: independent, 1: always its own stretch
};

template <std::size_t N>
class Strata {
 public:
  explicit Strata(const std::array<Stratum, N>& strata) {
    double total = 0;
    double free = 0;
    for (const auto& each : strata) {
      total += each.share;
      free += each.share * (1 - each.pull);
    }
    double at = 0;
    double free_at = 0;
    for (std::size_t i = 0; i < N; ++i) {
      const double share = strata[i].share / total;
      const double left = free > 0 ? strata[i].share * (1 - strata[i].pull) / free : share;
      parts_[i] = {to_bits(at), to_bits(share), to_bits(free_at), to_bits(strata[i].pull),
                   left > 0 ? share / left : 0};
      at += share;
      free_at += left;
    }
  }

  // The stratum whose own stretch holds the quantile.
  std::size_t at(std::uint32_t quantile) const {
    std::size_t i = N - 1;
    while (i > 0 && quantile < parts_[i].from) --i;
    return i;
  }

  // A quantile in 2^-32, from `bits` and from `choice`, which must be another draw.
  std::uint32_t operator()(std::size_t stratum, std::uint32_t bits, std::uint32_t choice) const {
    const Part& own = parts_[stratum];
    if (choice < own.pull) {
      return clip(own.from + (own.size * bits >> 32));
    }
    std::size_t i = N - 1;
    while (i > 0 && bits < parts_[i].free_from) --i;
    const auto inside = static_cast<double>(bits - parts_[i].free_from) * parts_[i].stretch;
    return clip(parts_[i].from + static_cast<std::uint64_t>(inside));
  }
  // The same from one draw: where draws are spread evenly, so are the quantiles.
  std::uint32_t operator()(std::size_t stratum, std::uint32_t bits) const {
    const std::uint64_t pull = parts_[stratum].pull;
    if (bits < pull) return (*this)(stratum, clip((std::uint64_t{bits} << 32) / pull), 0);
    const std::uint64_t rest = ((bits - pull) << 32) / ((std::uint64_t{1} << 32) - pull);
    return (*this)(stratum, clip(rest), 0xFFFFFFFF);
  }

 private:
  static std::uint64_t to_bits(double part) {
    return static_cast<std::uint64_t>(std::llround(part * 4294967296.0));
  }
  static std::uint32_t clip(std::uint64_t bits) {
    return bits > 0xFFFFFFFF ? 0xFFFFFFFF : static_cast<std::uint32_t>(bits);
  }
  struct Part {
    std::uint64_t from = 0;
    std::uint64_t size = 0;
    std::uint64_t free_from = 0;
    std::uint64_t pull = 0;
    double stretch = 0;
  };
  std::array<Part, N> parts_{};
};

}  // namespace pim::data::generate
