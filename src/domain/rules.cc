#include "domain/rules.h"

#include <string>

namespace pim {

Result<const Encounter*, Rejection> known_encounter(const Patient& patient, EncounterId id) {
  const auto* encounter = patient.encounters.find(id);
  if (!encounter) return reject(rejection::encounter_unknown, {{"id", id.to_string()}});
  return encounter;
}

Check must_be_open(const Encounter& encounter) {
  if (encounter.status == EncounterStatus::open) return {};
  return reject(rejection::encounter_not_open, {{"id", encounter.encounter_id.to_string()},
                                                {"status", name_of(encounter.status)}});
}

Result<const Encounter*, Rejection> open_encounter(const Patient& patient, EncounterId id) {
  auto encounter = known_encounter(patient, id);
  if (!encounter) return encounter;
  const auto open = must_be_open(**encounter);
  if (!open) return Err{open.error()};
  return encounter;
}

Result<Version, Rejection> usable(const References& references, ProviderId id) {
  const auto fact = references.provider(id);
  if (fact.version == 0) return reject(rejection::provider_unknown, {{"id", id.to_string()}});
  if (fact.status == ReferenceStatus::retired) {
    return reject(rejection::provider_retired, {{"id", id.to_string()}});
  }
  return fact.version;
}

Result<Version, Rejection> usable(const References& references, FacilityId id) {
  const auto fact = references.facility(id);
  if (fact.version == 0) return reject(rejection::facility_unknown, {{"id", id.to_string()}});
  if (fact.status == ReferenceStatus::retired) {
    return reject(rejection::facility_retired, {{"id", id.to_string()}});
  }
  return fact.version;
}

Check not_in_future(std::string_view field, UtcMillis time, UtcMillis now) {
  if (time <= now) return {};
  return reject(rejection::time_in_future, {{"field", field}, {"now", now.to_string()}});
}

Check within_encounter(const Encounter& encounter, std::string_view field, UtcMillis time,
                       UtcMillis now) {
  if (time < encounter.admitted_at) {
    return reject(rejection::time_before_admission,
                  {{"field", field}, {"admitted_at", encounter.admitted_at.to_string()}});
  }
  return not_in_future(field, time, now);
}

const Encounter* open_inpatient(const Patient& patient) {
  const auto& all = patient.encounters.all();
  const auto found = std::find_if(all.begin(), all.end(), [](const Encounter& encounter) {
    return encounter.class_ == EncounterClass::inpatient &&
           encounter.status == EncounterStatus::open;
  });
  return found == all.end() ? nullptr : &*found;
}

const Bill* live_bill(const Encounter& encounter) {
  // an older bill is void: a new one is opened only then
  if (encounter.bills.empty() || encounter.bills.back().status == BillStatus::voided) {
    return nullptr;
  }
  return &encounter.bills.back();
}

const BillLine* line_for(const Bill& bill, SourceKind kind, const Uuid& source) {
  const auto found = std::find_if(bill.lines.begin(), bill.lines.end(), [&](const BillLine& line) {
    return !line.voided && line.source_kind == kind && line.source_id == source;
  });
  return found == bill.lines.end() ? nullptr : &*found;
}

Check not_billed(const Encounter& encounter, SourceKind kind, const Uuid& source) {
  const auto* bill = live_bill(encounter);
  const auto* line = bill ? line_for(*bill, kind, source) : nullptr;
  if (!line) return {};
  return reject(rejection::still_billed, {{"what", name_of(kind)},
                                          {"id", source.to_string()},
                                          {"line_no", std::to_string(line->line_no)}});
}

}  // namespace pim
