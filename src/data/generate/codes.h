// All codes that generated rows carry, in one place, with how often each comes and what it fits.
//
// ICD-10-CM, ICD-10-PCS and HCPCS Level II are works of the U.S. government (NCHS and CMS); of
// HCPCS only the sections A, E, G, J and Q are used (D is CDT, licensed by the ADA; numeric codes
// are CPT, licensed by the AMA). RxNorm concept ids come from RxNorm's own vocabulary
// (SAB=RXNORM, NLM, no licence needed). NDCs are made up: there is no labeler 00000. Codes only: no
// descriptions are shipped; the names here are ours. docs/codes.md says where each was confirmed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "domain/enums.h"

namespace pim::data::generate {

inline constexpr std::size_t kClasses = 6;  // of encounters
inline constexpr std::size_t kSeasons = 4;  // winter (December to February), spring, summer, autumn
inline constexpr std::size_t kAgeBands = 5;
// The first year of each band.
inline constexpr std::array<int, kAgeBands> kBandStarts = {0, 5, 18, 40, 65};

enum class Who : std::uint8_t { all, female, male };
using Seasons = std::array<std::uint8_t, kSeasons>;  // relative
using Shares = std::array<std::uint16_t, kClasses>;  // relative, in the order of EncounterClass

// Whom a code fits, and how often it is drawn for them.
struct Fit {
  Shares shares;
  std::uint8_t min_band = 0;
  std::uint8_t max_band = kAgeBands - 1;
  Who who = Who::all;
  Seasons seasons = {4, 4, 4, 4};
};

struct Drug {
  std::string_view rxcui;
  std::string_view ndc11;  // made up; may be empty
  std::string_view dose;
  DoseUnit unit = DoseUnit::mg;
  Route route = Route::oral;
  std::uint16_t days = 0;   // of supply; 0: for good
  std::uint16_t price = 1;  // relative to other lines of a bill
  std::uint8_t min_band = 0;
};

inline constexpr std::size_t kDrugsOf = 4;
inline constexpr std::uint8_t kNoDrug = 255;
using DrugList = std::array<std::uint8_t, kDrugsOf>;  // the first is the commonest

struct Condition {
  std::string_view icd10cm;
  Fit fit;
  bool chronic = false;  // comes back at the same patient
  DrugList drugs = {kNoDrug, kNoDrug, kNoDrug, kNoDrug};
};

struct ProcedureKind {
  std::string_view code;  // seven characters: PCS
  Fit fit;
  ChargeCategory category = ChargeCategory::procedure;
  std::uint16_t price = 1;
  std::uint16_t max_quantity = 1;
};

// At most 64 each.
std::span<const Drug> drugs();
std::span<const Condition> conditions();
std::span<const ProcedureKind> procedures();
// What is given where no condition asks for a drug: by age band.
DrugList everyday_drugs(std::size_t band);

}  // namespace pim::data::generate
