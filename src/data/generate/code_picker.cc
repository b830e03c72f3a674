#include "data/generate/code_picker.h"

#include <algorithm>
#include <cmath>

namespace pim::data::generate {
namespace {

bool fits_whom(const Fit& fit, std::size_t band, bool female) {
  if (band < fit.min_band || band > fit.max_band) return false;
  return fit.who == Who::all || (fit.who == Who::female) == female;
}

}  // namespace

AliasTable::AliasTable(const std::array<double, kSlots>& weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  if (total <= 0) return;
  std::array<double, kSlots> rest{};
  for (std::size_t i = 0; i < kSlots; ++i) rest[i] = weights[i] * kSlots / total;
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < kSlots; ++i) (rest[i] < 1 ? small : large).push_back(i);
  while (!small.empty() && !large.empty()) {
    const std::size_t poor = small.back();
    const std::size_t rich = large.back();
    small.pop_back();
    slots_[poor] = {static_cast<std::uint16_t>(std::lround(rest[poor] * 65535)),
                    static_cast<std::uint8_t>(rich)};
    rest[rich] -= 1 - rest[poor];
    if (rest[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  // what is left is whole, but for rounding; a slot without weight keeps nothing
  for (const auto& left : {small, large}) {
    for (const std::size_t i : left) {
      slots_[i] =
          weights[i] > 0
              ? Slot{65535, static_cast<std::uint8_t>(i)}
              : Slot{0, static_cast<std::uint8_t>(std::max_element(weights.begin(), weights.end()) -
                                                  weights.begin())};
    }
  }
}

CodePicker::CodePicker(const std::vector<Fit>& fits) {
  for (std::size_t encounter_class = 0; encounter_class < kClasses; ++encounter_class) {
    for (std::size_t band = 0; band < kAgeBands; ++band) {
      for (const bool female : {false, true}) {
        for (std::size_t season = 0; season < kSeasons; ++season) {
          std::array<double, AliasTable::kSlots> weights{};
          std::uint64_t allowed = 0;
          for (std::size_t i = 0; i < fits.size(); ++i) {
            if (!fits_whom(fits[i], band, female)) continue;
            weights[i] = fits[i].shares[encounter_class] * fits[i].seasons[season];
            if (weights[i] > 0) allowed |= std::uint64_t{1} << i;
          }
          tables_.emplace_back(weights);
          allowed_.push_back(allowed);
        }
      }
    }
  }
}

ChronicPicker::ChronicPicker() {
  const auto all = conditions();
  for (std::size_t band = 0; band < kAgeBands; ++band) {
    for (const bool female : {false, true}) {
      std::array<double, AliasTable::kSlots> weights{};
      bool any = false;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].chronic || !fits_whom(all[i].fit, band, female)) continue;
        weights[i] = all[i].fit.shares[0];  // as often as in ambulatory visits
        any = any || weights[i] > 0;
      }
      tables_.emplace_back(weights);
      any_.push_back(any);
    }
  }
}

}  // namespace pim::data::generate
