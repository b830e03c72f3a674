// Draws codes that fit: one alias table (Walker 1974, Vose 1991) a class, age band, sex and season.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "data/generate/codes.h"
#include "data/generate/philox.h"
#include "domain/enums.h"

namespace pim::data::generate {

struct Context {
  std::size_t encounter_class = 0;
  std::size_t band = 0;  // of age
  bool female = false;
  std::size_t season = 0;
};

// 0 to 63 with given weights, at the cost of one look-up.
class AliasTable {
 public:
  static constexpr std::size_t kSlots = 64;
  // All zero: always 0.
  explicit AliasTable(const std::array<double, kSlots>& weights);

  std::uint8_t operator()(std::uint32_t bits) const {
    const Slot slot = slots_[bits >> 26];
    return ((bits >> 10) & 0xFFFF) < slot.own ? static_cast<std::uint8_t>(bits >> 26) : slot.other;
  }

 private:
  struct Slot {
    std::uint16_t own = 0;  // the chance of the slot itself, in 2^-16
    std::uint8_t other = 0;
  };
  std::array<Slot, kSlots> slots_{};
};

class CodePicker {
 public:
  // Of conditions or procedures.
  explicit CodePicker(const std::vector<Fit>& fits);

  std::uint8_t operator()(const Context& context, std::uint32_t bits) const {
    return tables_[index(context)](bits);
  }
  // Whether the code may stand there at all.
  bool fits(const Context& context, std::size_t code) const {
    return (allowed_[index(context)] >> code & 1) != 0;
  }

 private:
  static std::size_t index(const Context& context) {
    return ((context.encounter_class * kAgeBands + context.band) * 2 + (context.female ? 1 : 0)) *
               kSeasons +
           context.season;
  }
  std::vector<AliasTable> tables_;
  std::vector<std::uint64_t> allowed_;
};

// What a patient carries along: a chronic condition by age band and sex; kNone where none fits.
class ChronicPicker {
 public:
  static constexpr std::uint8_t kNone = 255;
  ChronicPicker();
  std::uint8_t operator()(std::size_t band, bool female, std::uint32_t bits) const {
    const std::size_t at = band * 2 + (female ? 1 : 0);
    return any_[at] ? tables_[at](bits) : kNone;
  }

 private:
  std::vector<AliasTable> tables_;
  std::vector<bool> any_;
};

}  // namespace pim::data::generate
