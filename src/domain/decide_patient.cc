#include <algorithm>
#include <string>

#include "domain/calendar.h"
#include "domain/decide_parts.h"
#include "domain/rules.h"

namespace pim::decide_parts {
namespace {

// Safe Harbor gives no age above 89 away: whoever would be older is recorded as exactly this old.
constexpr int kAggregatedAge = 90;

std::int32_t recorded_birth_year(std::int32_t birth_year, int present_year) {
  return std::max(birth_year, present_year - kAggregatedAge);
}

Check birth_year_plausible(std::int32_t birth_year, std::int32_t latest) {
  if (birth_year <= latest) return {};
  return reject(rejection::birth_year_implausible,
                {{"birth_year", std::to_string(birth_year)}, {"latest", std::to_string(latest)}});
}

}  // namespace

Decision create(const References& references, const RegisterPatient& c) {
  const int present = year_of(references.now);
  const auto plausible = birth_year_plausible(c.birth_year, present);
  if (!plausible) return Err{plausible.error()};
  return one_event(PatientRegistered{c.patient_id, recorded_birth_year(c.birth_year, present),
                                     c.sex, c.state, c.zip3, c.home_region});
}

Decision change(const Patient& patient, const References& references, const AmendPatient& c) {
  const auto& facts = patient.facts;
  const int present = year_of(references.now);
  auto birth_year = c.birth_year;
  if (birth_year) {
    const auto latest = std::min(facts.deceased_year.value_or(present), present);
    const auto plausible = birth_year_plausible(*birth_year, latest);
    if (!plausible) return Err{plausible.error()};
    birth_year = std::min(recorded_birth_year(*birth_year, present), latest);
  }
  PatientAmended event;
  event.birth_year = if_changed(birth_year, facts.birth_year);
  event.sex = if_changed(c.sex, facts.sex);
  event.state = if_changed(c.state, facts.state);
  event.zip3 = if_changed(c.zip3, facts.zip3);
  if (c.home_region != facts.home_region) event.home_region = c.home_region;
  if (event == PatientAmended{}) return reject(rejection::nothing_to_change);
  return one_event(std::move(event));
}

Decision change(const Patient& patient, const References&, const DeactivatePatient&) {
  switch (patient.facts.status) {
    case PatientStatus::inactive:
      return reject(rejection::patient_inactive);
    case PatientStatus::deceased:
      return reject(rejection::patient_deceased);
    case PatientStatus::active:
      break;
  }
  return one_event(PatientDeactivated{});
}

Decision change(const Patient& patient, const References& references,
                const MarkPatientDeceased& c) {
  const auto& facts = patient.facts;
  if (facts.status == PatientStatus::deceased) return reject(rejection::patient_deceased);
  const int present = year_of(references.now);
  if (c.deceased_year < facts.birth_year || c.deceased_year > present) {
    return reject(rejection::deceased_year_implausible,
                  {{"deceased_year", std::to_string(c.deceased_year)},
                   {"earliest", std::to_string(facts.birth_year)},
                   {"latest", std::to_string(present)}});
  }
  return one_event(PatientDeceased{c.deceased_year});
}

}  // namespace pim::decide_parts
