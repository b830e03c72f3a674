// Whether counts could have come from a distribution.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace pim::load {

// How many standard deviations the chi-square statistic of the counts lies above its mean, after
// Wilson and Hilferty: beyond 4 is no chance. Every expected count should be 5 or more.
inline double chi_square_sigmas(std::span<const std::uint64_t> counts,
                                std::span<const double> expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double off = static_cast<double>(counts[i]) - expected[i];
    sum += off * off / expected[i];
  }
  const auto freedom = static_cast<double>(counts.size() - 1);
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(sum / freedom) - (1 - spread)) / std::sqrt(spread);
}

}  // namespace pim::load
