#include <algorithm>
#include <string_view>

#include "domain/decide_parts.h"
#include "domain/rules.h"

namespace pim::decide_parts {
namespace {

Err<Rejection> id_taken(std::string_view what, const Uuid& id) {
  return reject(rejection::id_taken, {{"what", what}, {"id", id.to_string()}});
}

// A child that a command changes: it exists, it is not void, and its encounter is open.
template <class Child>
struct Found {
  const Encounter* encounter;
  const Child* child;
};

template <class Child, class Id>
Result<Found<Child>, Rejection> changeable(const Patient& patient, EncounterId encounter_id,
                                           const std::vector<Child> Encounter::* list,
                                           Id Child::* id_of, const Id& id, std::string_view what,
                                           std::string_view unknown) {
  const auto known = known_encounter(patient, encounter_id);
  if (!known) return Err{known.error()};
  const Encounter& encounter = **known;
  const auto* child = find_child(encounter.*list, id_of, id);
  if (!child) return reject(unknown, {{"id", id.to_string()}});
  // before the encounter's status: whoever repeats a void learns that it is done
  if (child->voided) {
    return reject(rejection::already_void, {{"what", what}, {"id", id.to_string()}});
  }
  const auto open = must_be_open(encounter);
  if (!open) return Err{open.error()};
  return Found<Child>{&encounter, child};
}

auto changeable_diagnosis(const Patient& patient, EncounterId encounter, DiagnosisId id) {
  return changeable(patient, encounter, &Encounter::diagnoses, &Diagnosis::diagnosis_id, id,
                    "diagnosis", rejection::diagnosis_unknown);
}
auto changeable_procedure(const Patient& patient, EncounterId encounter, ProcedureId id) {
  return changeable(patient, encounter, &Encounter::procedures, &Procedure::procedure_id, id,
                    "procedure", rejection::procedure_unknown);
}
auto changeable_medication(const Patient& patient, EncounterId encounter, MedicationId id) {
  return changeable(patient, encounter, &Encounter::medications, &Medication::medication_id, id,
                    "medication", rejection::medication_unknown);
}

// Rank 1 and the code are each held by one live diagnosis; `self` is the one being revised.
Check rank_and_code_free(const Encounter& encounter, std::int32_t rank, const Icd10Cm& code,
                         const Diagnosis* self) {
  for (const auto& other : encounter.diagnoses) {
    if (other.voided || &other == self) continue;
    const auto id = other.diagnosis_id.to_string();
    if (rank == 1 && other.rank == 1) {
      return reject(rejection::primary_diagnosis_taken, {{"id", id}});
    }
    if (other.icd10cm == code) {
      return reject(rejection::duplicate_diagnosis, {{"id", id}, {"icd10cm", code.text()}});
    }
  }
  return {};
}

Check stop_not_before_start(UtcMillis start, UtcMillis stop) {
  if (stop >= start) return {};
  return reject(rejection::stop_before_start, {{"start", start.to_string()}});
}

}  // namespace

// Diagnoses

Decision change(const Patient& patient, const References& references, const RecordDiagnosis& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const Encounter& encounter = **open;
  if (find_child(encounter.diagnoses, &Diagnosis::diagnosis_id, c.diagnosis_id)) {
    return id_taken("diagnosis", c.diagnosis_id.value);
  }
  const auto within = within_encounter(encounter, "recorded_at", c.recorded_at, references.now);
  if (!within) return Err{within.error()};
  const auto free = rank_and_code_free(encounter, c.rank, c.icd10cm, nullptr);
  if (!free) return Err{free.error()};
  return one_event(DiagnosisRecorded{c.diagnosis_id, c.encounter_id, c.icd10cm, c.rank,
                                     c.present_on_admission, c.recorded_at});
}

Decision change(const Patient& patient, const References&, const ReviseDiagnosis& c) {
  const auto found = changeable_diagnosis(patient, c.encounter_id, c.diagnosis_id);
  if (!found) return Err{found.error()};
  const Diagnosis& diagnosis = *found->child;
  DiagnosisRevised event{c.encounter_id, c.diagnosis_id, {}, {}, {}};
  event.icd10cm = if_changed(c.icd10cm, diagnosis.icd10cm);
  event.rank = if_changed(c.rank, diagnosis.rank);
  event.present_on_admission = if_changed(c.present_on_admission, diagnosis.present_on_admission);
  if (!event.icd10cm && !event.rank && !event.present_on_admission) {
    return reject(rejection::nothing_to_change);
  }
  const auto free = rank_and_code_free(*found->encounter, event.rank.value_or(diagnosis.rank),
                                       event.icd10cm.value_or(diagnosis.icd10cm), &diagnosis);
  if (!free) return Err{free.error()};
  return one_event(std::move(event));
}

Decision change(const Patient& patient, const References&, const VoidDiagnosis& c) {
  const auto found = changeable_diagnosis(patient, c.encounter_id, c.diagnosis_id);
  if (!found) return Err{found.error()};
  return one_event(DiagnosisVoided{c.encounter_id, c.diagnosis_id});
}

// Procedures

Decision change(const Patient& patient, const References& references, const RecordProcedure& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const Encounter& encounter = **open;
  if (find_child(encounter.procedures, &Procedure::procedure_id, c.procedure_id)) {
    return id_taken("procedure", c.procedure_id.value);
  }
  if (c.system == ProcedureSystem::pcs && encounter.class_ != EncounterClass::inpatient) {
    return reject(rejection::pcs_needs_inpatient, {{"class", name_of(encounter.class_)}});
  }
  const auto provider_version = usable(references, c.provider_id);
  if (!provider_version) return Err{provider_version.error()};
  const auto within = within_encounter(encounter, "performed_at", c.performed_at, references.now);
  if (!within) return Err{within.error()};
  return one_event(ProcedureRecorded{c.procedure_id, c.encounter_id, c.provider_id,
                                     *provider_version, c.system, c.code, c.performed_at,
                                     c.quantity});
}

Decision change(const Patient& patient, const References&, const VoidProcedure& c) {
  const auto found = changeable_procedure(patient, c.encounter_id, c.procedure_id);
  if (!found) return Err{found.error()};
  const auto free = not_billed(*found->encounter, SourceKind::procedure, c.procedure_id.value);
  if (!free) return Err{free.error()};
  return one_event(ProcedureVoided{c.encounter_id, c.procedure_id});
}

// Medications

Decision change(const Patient& patient, const References& references,
                const PrescribeMedication& c) {
  const auto open = open_encounter(patient, c.encounter_id);
  if (!open) return Err{open.error()};
  const Encounter& encounter = **open;
  if (find_child(encounter.medications, &Medication::medication_id, c.medication_id)) {
    return id_taken("medication", c.medication_id.value);
  }
  const auto provider_version = usable(references, c.provider_id);
  if (!provider_version) return Err{provider_version.error()};
  const auto within = within_encounter(encounter, "start", c.start, references.now);
  if (!within) return Err{within.error()};
  // a planned stop: it may lie ahead, and after the discharge
  if (c.stop) {
    const auto ordered = stop_not_before_start(c.start, *c.stop);
    if (!ordered) return Err{ordered.error()};
  }
  return one_event(MedicationPrescribed{c.medication_id, c.encounter_id, c.provider_id,
                                        *provider_version, c.rxcui, c.ndc11, c.dose, c.unit,
                                        c.route, c.start, c.stop});
}

Decision change(const Patient& patient, const References& references, const StopMedication& c) {
  const auto found = changeable_medication(patient, c.encounter_id, c.medication_id);
  if (!found) return Err{found.error()};
  const Medication& medication = *found->child;
  if (medication.stop && *medication.stop <= references.now) {
    return reject(rejection::already_stopped,
                  {{"id", c.medication_id.to_string()}, {"stop", medication.stop->to_string()}});
  }
  const auto ordered = stop_not_before_start(medication.start, c.stop);
  if (!ordered) return Err{ordered.error()};
  const auto happened = not_in_future("stop", c.stop, references.now);
  if (!happened) return Err{happened.error()};
  return one_event(MedicationStopped{c.encounter_id, c.medication_id, c.stop});
}

Decision change(const Patient& patient, const References&, const VoidMedication& c) {
  const auto found = changeable_medication(patient, c.encounter_id, c.medication_id);
  if (!found) return Err{found.error()};
  const auto free = not_billed(*found->encounter, SourceKind::medication, c.medication_id.value);
  if (!free) return Err{free.error()};
  return one_event(MedicationVoided{c.encounter_id, c.medication_id});
}

}  // namespace pim::decide_parts
