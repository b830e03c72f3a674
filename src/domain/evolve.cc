#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "domain/decide.h"

namespace pim {
namespace {

template <class T>
void assign_if(T& member, const std::optional<T>& value) {
  if (value) member = *value;
}

// nullptr where there is none.
template <class List, class Id, class Child>
Child* find_child(List& list, Id Child::* id_of, const Id& id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& child) { return child.*id_of == id; });
  return found == list.end() ? nullptr : &*found;
}

template <class List, class Id, class Child>
void mark_void(List& list, Id Child::* id_of, const Id& id) {
  if (auto* child = find_child(list, id_of, id)) child->voided = true;
}

// Streams begin

void begin(StreamState& state, const PatientRegistered& e) {
  Patient patient;
  patient.facts.patient_id = e.patient_id;
  patient.facts.birth_year = e.birth_year;
  patient.facts.sex = e.sex;
  patient.facts.state = e.state;
  patient.facts.zip3 = e.zip3;
  patient.facts.home_region = e.home_region;
  state = std::move(patient);
}

void begin(StreamState& state, const ProviderRegistered& e) {
  state =
      Provider{e.provider_id, e.npi, e.alias, e.specialty, e.facility_id, ReferenceStatus::active};
}

void begin(StreamState& state, const FacilityRegistered& e) {
  state = Facility{e.facility_id, e.npi,  e.alias, e.kind,
                   e.state,       e.zip3, e.beds,  ReferenceStatus::active};
}

// Streams change

void apply(Patient& patient, const PatientAmended& e) {
  assign_if(patient.facts.birth_year, e.birth_year);
  assign_if(patient.facts.sex, e.sex);
  assign_if(patient.facts.state, e.state);
  assign_if(patient.facts.zip3, e.zip3);
  if (e.home_region) patient.facts.home_region = e.home_region;
}
void apply(Patient& patient, const PatientDeactivated&) {
  patient.facts.status = PatientStatus::inactive;
}
void apply(Patient& patient, const PatientDeceased& e) {
  patient.facts.status = PatientStatus::deceased;
  patient.facts.deceased_year = e.deceased_year;
}

void apply(Provider& provider, const ProviderAmended& e) {
  assign_if(provider.specialty, e.specialty);
  assign_if(provider.facility_id, e.facility_id);
}
void apply(Provider& provider, const ProviderRetired&) {
  provider.status = ReferenceStatus::retired;
}

void apply(Facility& facility, const FacilityAmended& e) {
  assign_if(facility.kind, e.kind);
  assign_if(facility.beds, e.beds);
}
void apply(Facility& facility, const FacilityRetired&) {
  facility.status = ReferenceStatus::retired;
}

void apply(Patient& patient, const EncounterAdmitted& e) {
  if (patient.encounters.find(e.encounter_id)) return;
  Encounter encounter;
  encounter.encounter_id = e.encounter_id;
  encounter.provider_id = e.provider_id;
  encounter.facility_id = e.facility_id;
  encounter.class_ = e.class_;
  encounter.pos = e.pos;
  encounter.admitted_at = e.admitted_at;
  patient.encounters.add(std::move(encounter));
}

// Encounters change

void apply(Encounter& encounter, const EncounterTransferred& e) {
  assign_if(encounter.provider_id, e.provider_id);
  assign_if(encounter.facility_id, e.facility_id);
  encounter.transferred_at = e.transferred_at;
}
void apply(Encounter& encounter, const EncounterDischarged& e) {
  encounter.status = EncounterStatus::discharged;
  encounter.discharged_at = e.discharged_at;
  encounter.disposition = e.disposition;
}
void apply(Encounter& encounter, const EncounterCancelled&) {
  encounter.status = EncounterStatus::cancelled;
}
void apply(Encounter& encounter, const EncounterReopened&) {
  encounter.status = EncounterStatus::open;
  encounter.discharged_at.reset();
  encounter.disposition.reset();
}

void apply(Encounter& encounter, const DiagnosisRecorded& e) {
  encounter.diagnoses.push_back(
      {e.diagnosis_id, e.icd10cm, e.rank, e.present_on_admission, e.recorded_at, false});
}
void apply(Encounter& encounter, const DiagnosisRevised& e) {
  auto* diagnosis = find_child(encounter.diagnoses, &Diagnosis::diagnosis_id, e.diagnosis_id);
  if (!diagnosis) return;
  assign_if(diagnosis->icd10cm, e.icd10cm);
  assign_if(diagnosis->rank, e.rank);
  assign_if(diagnosis->present_on_admission, e.present_on_admission);
}
void apply(Encounter& encounter, const DiagnosisVoided& e) {
  mark_void(encounter.diagnoses, &Diagnosis::diagnosis_id, e.diagnosis_id);
}

void apply(Encounter& encounter, const ProcedureRecorded& e) {
  encounter.procedures.push_back(
      {e.procedure_id, e.provider_id, e.system, e.code, e.performed_at, e.quantity, false});
}
void apply(Encounter& encounter, const ProcedureVoided& e) {
  mark_void(encounter.procedures, &Procedure::procedure_id, e.procedure_id);
}

void apply(Encounter& encounter, const MedicationPrescribed& e) {
  encounter.medications.push_back({e.medication_id, e.provider_id, e.rxcui, e.ndc11, e.dose, e.unit,
                                   e.route, e.start, e.stop, false});
}
void apply(Encounter& encounter, const MedicationStopped& e) {
  auto* medication = find_child(encounter.medications, &Medication::medication_id, e.medication_id);
  if (medication) medication->stop = e.stop;
}
void apply(Encounter& encounter, const MedicationVoided& e) {
  mark_void(encounter.medications, &Medication::medication_id, e.medication_id);
}

void apply(Encounter& encounter, const BillOpened& e) {
  encounter.bills.push_back({e.bill_id, BillStatus::open, Cents{0}, {}});
}

// Bills change. Totals were checked for overflow when the event was decided.

void apply(Bill& bill, const ChargeAdded& e) {
  bill.lines.push_back({e.line_no, e.source_kind, e.source_id, e.category, e.qty, e.unit_cents,
                        e.amount_cents, false});
  bill.total_cents = add(bill.total_cents, e.amount_cents).value_or(bill.total_cents);
}
void apply(Bill& bill, const ChargeVoided& e) {
  auto* line = find_child(bill.lines, &BillLine::line_no, e.line_no);
  if (!line || line->voided) return;
  line->voided = true;
  bill.total_cents =
      add(bill.total_cents, Cents{-line->amount_cents.value}).value_or(bill.total_cents);
}
void apply(Bill& bill, const BillFinalized&) { bill.status = BillStatus::final; }
void apply(Bill& bill, const BillVoided&) { bill.status = BillStatus::voided; }

// One event, to the innermost thing that it is about.
template <class E>
void route(StreamState& state, const E& event) {
  if constexpr (requires { begin(state, event); }) {
    if (std::holds_alternative<std::monostate>(state)) begin(state, event);
  } else if constexpr (requires(Provider& provider) { apply(provider, event); }) {
    if (auto* provider = std::get_if<Provider>(&state)) apply(*provider, event);
  } else if constexpr (requires(Facility& facility) { apply(facility, event); }) {
    if (auto* facility = std::get_if<Facility>(&state)) apply(*facility, event);
  } else {
    auto* patient = std::get_if<Patient>(&state);
    if (!patient) return;
    if constexpr (requires { apply(*patient, event); }) {
      apply(*patient, event);
    } else {
      auto* encounter = patient->encounters.find(event.encounter_id);
      if (!encounter) return;
      if constexpr (requires { apply(*encounter, event); }) {
        apply(*encounter, event);
      } else if (auto* bill = find_child(encounter->bills, &Bill::bill_id, event.bill_id)) {
        apply(*bill, event);
      }
    }
  }
}

}  // namespace

void evolve(StreamState& state, const Event& event) {
  std::visit([&](const auto& each) { route(state, each); }, event);
}

}  // namespace pim
