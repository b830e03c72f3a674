#include "load/scenario/zipf.h"

#include <algorithm>
#include <cmath>

namespace pim::load {
namespace {

// (e^x - 1) / x and log(1 + x) / x, also where x is next to nothing: near exponent 1 it is.
double exp_slope(double x) { return std::abs(x) < 1e-8 ? 1 + x / 2 : std::expm1(x) / x; }
double log_slope(double x) { return std::abs(x) < 1e-8 ? 1 - x / 2 : std::log1p(x) / x; }

}  // namespace

Zipf::Zipf(std::uint64_t size, double exponent)
    : size_(size),
      exponent_(exponent),
      low_(area(1.5) - 1),
      high_(area(static_cast<double>(size) + 0.5)),
      sure_(2 - area_end(area(2.5) - weight(2))) {}

double Zipf::weight(double x) const { return std::exp(-exponent_ * std::log(x)); }

double Zipf::area(double x) const {
  const double log_x = std::log(x);
  return exp_slope((1 - exponent_) * log_x) * log_x;
}

double Zipf::area_end(double a) const {
  // rounding may take it below -1, where no logarithm is
  const double t = std::max(a * (1 - exponent_), -1.0);
  return std::exp(log_slope(t) * a);
}

std::uint64_t Zipf::draw(Dice& dice) const {
  for (;;) {
    const double a = high_ + dice.unit() * (low_ - high_);
    const double x = area_end(a);
    const double rank = std::clamp(std::round(x), 1.0, static_cast<double>(size_));
    if (rank - x <= sure_ || a >= area(rank + 0.5) - weight(rank)) {
      return static_cast<std::uint64_t>(rank) - 1;
    }
  }
}

}  // namespace pim::load
