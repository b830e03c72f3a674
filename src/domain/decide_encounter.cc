#include <algorithm>
#include <string_view>

#include "domain/decide_parts.h"
#include "domain/rules.h"

namespace pim::decide_parts {
namespace {

Check no_open_inpatient(const Patient& patient) {
  const auto* open = open_inpatient(patient);
  if (!open) return {};
  return reject(rejection::inpatient_already_open, {{"id", open->encounter_id.to_string()}});
}

// The time of the latest entry that is not void; the admission where there is none.
UtcMillis latest_entry(const Encounter& encounter) {
  UtcMillis latest = encounter.admitted_at;
  const auto note = [&](UtcMillis time, bool voided) {
    if (!voided) latest = std::max(latest, time);
  };
  if (encounter.transferred_at) note(*encounter.transferred_at, false);
  for (const auto& each : encounter.diagnoses) note(each.recorded_at, each.voided);
  for (const auto& each : encounter.procedures) note(each.performed_at, each.voided);
  for (const auto& each : encounter.medications) note(each.start, each.voided);
  return latest;
}

// What keeps the encounter from being cancelled; empty where nothing does.
std::string_view live_child(const Encounter& encounter) {
  if (any_live(encounter.diagnoses)) return "diagnosis";
  if (any_live(encounter.procedures)) return "procedure";
  if (any_live(encounter.medications)) return "medication";
  if (live_bill(encounter)) return "bill";
  return {};
}

}  // namespace

Decision change(const Patient& patient, const References& references, const AdmitEncounter& c) {
  if (patient.facts.status == PatientStatus::inactive) return reject(rejection::patient_inactive);
  if (patient.facts.status == PatientStatus::deceased) return reject(rejection::patient_deceased);
  if (patient.encounters.find(c.encounter_id)) {
    return reject(rejection::id_taken, {{"what", "encounter"}, {"id", c.encounter_id.to_string()}});
  }
  const auto provider_version = usable(references, c.provider_id);
  if (!provider_version) return Err{provider_version.error()};
  const auto facility_version = usable(references, c.facility_id);
  if (!facility_version) return Err{facility_version.error()};
  const auto happened = not_in_future("admitted_at", c.admitted_at, references.now);
  if (!happened) return Err{happened.error()};
  if (c.class_ == EncounterClass::inpatient) {
    const auto free = no_open_inpatient(patient);
    if (!free) return Err{free.error()};
  }
  return one_event(EncounterAdmitted{c.encounter_id, c.provider_id, *provider_version,
                                     c.facility_id, *facility_version, c.class_, c.pos,
                                     c.admitted_at});
}

Decision change(const Patient& patient, const References& references, const TransferEncounter& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const Encounter& encounter = **open;

  EncounterTransferred event{c.encounter_id, {}, {}, {}, {}, c.transferred_at};
  event.provider_id = if_changed(c.provider_id, encounter.provider_id);
  event.facility_id = if_changed(c.facility_id, encounter.facility_id);
  if (!event.provider_id && !event.facility_id) return reject(rejection::nothing_to_change);
  if (event.provider_id) {
    const auto version = usable(references, *event.provider_id);
    if (!version) return Err{version.error()};
    event.provider_version = *version;
  }
  if (event.facility_id) {
    const auto version = usable(references, *event.facility_id);
    if (!version) return Err{version.error()};
    event.facility_version = *version;
  }

  const auto within =
      within_encounter(encounter, "transferred_at", c.transferred_at, references.now);
  if (!within) return Err{within.error()};
  if (encounter.transferred_at && c.transferred_at < *encounter.transferred_at) {
    return reject(
        rejection::time_before_transfer,
        {{"field", "transferred_at"}, {"transferred_at", encounter.transferred_at->to_string()}});
  }
  return one_event(event);
}

Decision change(const Patient& patient, const References& references, const DischargeEncounter& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const auto within = within_encounter(**open, "discharged_at", c.discharged_at, references.now);
  if (!within) return Err{within.error()};
  const auto latest = latest_entry(**open);
  if (c.discharged_at < latest) {
    return reject(rejection::discharge_before_entry,
                  {{"id", c.encounter_id.to_string()}, {"latest", latest.to_string()}});
  }
  return one_event(EncounterDischarged{c.encounter_id, c.discharged_at, c.disposition});
}

Decision change(const Patient& patient, const References&, const CancelEncounter& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const auto live = live_child(**open);
  if (!live.empty()) {
    return reject(rejection::encounter_not_empty,
                  {{"id", c.encounter_id.to_string()}, {"what", live}});
  }
  return one_event(EncounterCancelled{c.encounter_id});
}

Decision change(const Patient& patient, const References&, const ReopenEncounter& c) {
  const auto known = known_encounter(patient, c.encounter_id);
  if (!known) return Err{known.error()};
  const Encounter& encounter = **known;
  if (encounter.status != EncounterStatus::discharged) {
    return reject(rejection::encounter_not_discharged,
                  {{"id", c.encounter_id.to_string()}, {"status", name_of(encounter.status)}});
  }
  // a late entry behind a final bill would go unbilled, or make the bill wrong
  const auto* bill = live_bill(encounter);
  if (bill && bill->status == BillStatus::final) {
    return reject(rejection::bill_final, {{"id", bill->bill_id.to_string()}});
  }
  if (encounter.class_ == EncounterClass::inpatient) {
    const auto free = no_open_inpatient(patient);
    if (!free) return Err{free.error()};
  }
  return one_event(EncounterReopened{c.encounter_id});
}

}  // namespace pim::decide_parts
