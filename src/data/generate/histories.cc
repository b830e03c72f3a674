#include "data/generate/histories.h"

namespace pim::data::generate {
namespace {

std::vector<Fit> fits_of(const auto& entries) {
  std::vector<Fit> fits;
  for (const auto& entry : entries) fits.push_back(entry.fit);
  return fits;
}

constexpr std::size_t kPcsSize = 7;

// How often a diagnosis is one that the patient carries along, in percent, by class.
constexpr std::array<std::uint32_t, kClasses> kCarried = {45, 25, 50, 5, 15, 40};

constexpr std::int64_t kTelehealthSince = 1'584'230'400;  // 2020-03-15

}  // namespace

CodeBook::CodeBook()
    : pick_condition(fits_of(conditions())), pick_procedure(fits_of(procedures())) {
  for (const Drug& drug : drugs()) {
    drugs_.push_back(
        {drug.rxcui, drug.ndc11, drug.dose, drug.unit, drug.route, drug.days, drug.price});
  }
  for (const Condition& condition : conditions()) {
    conditions_.push_back({condition.icd10cm, condition.chronic, condition.drugs});
  }
  for (const ProcedureKind& kind : procedures()) {
    const auto system =
        kind.code.size() == kPcsSize ? ProcedureSystem::pcs : ProcedureSystem::hcpcs;
    procedures_.push_back({kind.code, system, kind.category, kind.price, kind.max_quantity});
  }
}

std::uint32_t CodeBook::diagnose(const Person& person, const Context& context, std::uint32_t wanted,
                                 Block bits, std::array<std::uint8_t, 64>& found) const {
  std::uint64_t used = 0;
  std::uint32_t count = 0;
  const auto add = [&](std::size_t condition) {
    const std::uint64_t mask = std::uint64_t{1} << condition;
    if ((used & mask) != 0) return false;
    used |= mask;
    found[count++] = static_cast<std::uint8_t>(condition);
    return true;
  };
  for (std::uint32_t i = 0; i < wanted; ++i) {
    if (i > 0) bits = philox(bits.first, {bits.second, i});
    if (person.chronic_count > 0 && chance(kCarried[context.encounter_class], high(bits.first)) &&
        add(person.chronic[below(person.chronic_count, low(bits.first))])) {
      continue;
    }
    std::size_t condition = pick_condition(context, high(bits.second));
    // taken already: the next one that fits
    for (std::size_t tries = 0; tries < conditions_.size() && !add(condition); ++tries) {
      do {
        condition = (condition + 1) % conditions_.size();
        ++tries;
      } while (!pick_condition.fits(context, condition) && tries < conditions_.size());
    }
  }
  return count;
}

std::size_t CodeBook::prescribe(const Person& person, std::size_t band,
                                const std::array<std::uint8_t, 64>& found, std::uint32_t count,
                                std::uint32_t bits) const {
  // The first of a list is as common as the others together.
  constexpr std::array<std::uint8_t, 8> kOrder = {0, 0, 0, 0, 1, 1, 2, 3};
  const std::size_t preferred = kOrder[bits & 7];
  DrugList list = everyday_drugs(band);
  const std::uint32_t chosen = bits >> 8 & 0xFFFF;
  const auto ask = [&](std::uint8_t condition) {
    const DrugList& asked = conditions_[condition].drugs;
    if (asked[preferred] == kNoDrug || drugs()[asked[preferred]].min_band > band) return false;
    list = asked;
    return true;
  };
  const bool done = count > 0 && ask(found[chosen * count >> 16]);
  if (!done && person.chronic_count > 0) ask(person.chronic[chosen * person.chronic_count >> 16]);
  return list[preferred];
}

Word place_of_service(EncounterClass encounter_class, bool in_hospital, std::int64_t admitted_at,
                      std::uint32_t bits) {
  static constexpr Word kOffice{"11"};
  static constexpr Word kTelehealth{"10"};
  static constexpr Word kOnCampus{"22"};
  static constexpr Word kOffCampus{"19"};
  static constexpr Word kUrgentCare{"20"};
  static constexpr Word kEmergencyRoom{"23"};
  static constexpr Word kInpatient{"21"};
  switch (encounter_class) {
    case EncounterClass::ambulatory:
      return admitted_at >= kTelehealthSince && chance(9, bits) ? kTelehealth : kOffice;
    case EncounterClass::wellness:
      return kOffice;
    case EncounterClass::outpatient:
      return in_hospital ? kOnCampus : kOffCampus;
    case EncounterClass::urgent_care:
      return kUrgentCare;
    case EncounterClass::emergency:
      return kEmergencyRoom;
    case EncounterClass::inpatient:
      break;
  }
  return kInpatient;
}

Disposition disposition_of(EncounterClass encounter_class, std::uint32_t bits) {
  const std::uint32_t percent = below(100, bits);
  if (encounter_class == EncounterClass::inpatient) {
    if (percent < 78) return Disposition::home;
    if (percent < 90) return Disposition::skilled_nursing;
    if (percent < 95) return Disposition::transferred;
    if (percent < 97) return Disposition::hospice;
    return percent < 99 ? Disposition::against_advice : Disposition::other;
  }
  if (encounter_class == EncounterClass::emergency) {
    if (percent < 91) return Disposition::home;
    return percent < 97 ? Disposition::transferred : Disposition::against_advice;
  }
  return Disposition::home;
}

}  // namespace pim::data::generate
