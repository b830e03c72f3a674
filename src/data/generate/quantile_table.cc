#include "data/generate/quantile_table.h"

#include <algorithm>
#include <cmath>

namespace pim::data::generate {
namespace {

constexpr double kWhole = 4294967296.0;  // 2^32
constexpr double kTail = 0.9;

// The value at `p`; `above` is 1 - p, exact where p is next to 1.
double value_at(std::span<const Knot> knots, double p, double above) {
  for (std::size_t i = 1; i < knots.size(); ++i) {
    const Knot& from = knots[i - 1];
    const Knot& to = knots[i];
    if (p > to.p && i + 1 < knots.size()) continue;
    double part = (p - from.p) / (to.p - from.p);
    if (from.p >= kTail && to.p < 1) {
      part = std::log((1 - from.p) / above) / std::log((1 - from.p) / (1 - to.p));
    }
    part = std::clamp(part, 0.0, 1.0);
    if (from.value <= 0) return from.value + part * (to.value - from.value);
    return from.value * std::pow(to.value / from.value, part);
  }
  return knots.back().value;
}

}  // namespace

QuantileTable::QuantileTable(std::span<const Knot> knots, double scale) {
  for (std::size_t at = 0; at < values_.size(); ++at) {
    const double step = static_cast<double>((1U << kStepBits) | (at & kStepMask));
    const double above = std::ldexp(step, static_cast<int>(at >> kStepBits) - 5) / kWhole;
    values_[at] = static_cast<std::uint32_t>(
        std::llround(value_at(knots, 1 - std::min(above, 1.0), above) * scale));
  }
}

CountTable::CountTable(std::span<const Knot> knots) {
  thresholds_.fill(std::uint64_t{1} << 32);
  double before = -1;
  double p_before = 0;
  for (const Knot& knot : knots) {
    for (double count = before + 1; count <= knot.value; ++count) {
      const double part = (count - before) / (knot.value - before);
      thresholds_[static_cast<std::size_t>(count)] = static_cast<std::uint64_t>(
          std::llround((p_before + part * (knot.p - p_before)) * kWhole));
    }
    before = knot.value;
    p_before = knot.p;
  }
}

ShareTable::ShareTable(std::span<const Knot> knots) {
  constexpr int kSteps = 1 << 16;
  double total = 0;
  const auto weight = [&](int step) {
    const double above = 1 - (step + 0.5) / kSteps;
    return value_at(knots, 1 - above, above);
  };
  for (int step = 0; step < kSteps; ++step) total += weight(step);
  double sum = 0;
  int step = 0;
  for (std::size_t at = 0; at < places_.size(); ++at) {
    const double wanted = total * static_cast<double>(at) / (1U << kBits);
    while (step < kSteps && sum + weight(step) <= wanted) sum += weight(step++);
    const double part = step < kSteps ? (wanted - sum) / weight(step) : 0;
    places_[at] = std::min<std::int64_t>(std::llround((step + part) / kSteps * kWhole),
                                         (std::int64_t{1} << 32) - 1);
  }
}

}  // namespace pim::data::generate
