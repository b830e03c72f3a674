// Valid commands and a stream to try them on, for the tests of every room.
//
// Ids are numbered: patient_id(2) is always the same id. The standard references know providers
// and facilities 1 to 3 as active and 9 as retired; all others are unknown.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/command.h"
#include "domain/decide.h"
#include "domain/must_testing.h"
#include "domain/state.h"

namespace pim::domain_testing {

PatientId patient_id(unsigned n = 1);
ProviderId provider_id(unsigned n = 1);
FacilityId facility_id(unsigned n = 1);
EncounterId encounter_id(unsigned n = 1);
DiagnosisId diagnosis_id(unsigned n = 1);
ProcedureId procedure_id(unsigned n = 1);
MedicationId medication_id(unsigned n = 1);
BillId bill_id(unsigned n = 1);

// Aborts where the text is not valid: for literals.
template <class C>
C code(std::string_view text) {
  return must(C::parse(text));
}
// 2025-06-01T00:00:00Z plus so many hours; the commands below happen at hours 8 (admission), 9 to
// 11 (entries) and 12 (discharge), and the references' present is hour 24.
UtcMillis hour(int hours);
Npi npi(unsigned n);

// The same command with something changed: with(admit(), [](auto& c) { c.pos = ...; }).
template <class C, class Change>
C with(C command, Change&& change) {
  change(command);
  return command;
}

RegisterFacility register_facility(unsigned n = 1);
RegisterProvider register_provider(unsigned n = 1);
RegisterPatient register_patient(unsigned n = 1);

// Each is about encounter 1 unless another number is given.
AdmitEncounter admit(unsigned n = 1, EncounterClass encounter_class = EncounterClass::outpatient);
TransferEncounter transfer(unsigned to_provider = 2);
DischargeEncounter discharge(unsigned n = 1);
CancelEncounter cancel(unsigned n = 1);
ReopenEncounter reopen(unsigned n = 1);
RecordDiagnosis record_diagnosis(unsigned n = 1);  // of rank n, each n with another code
ReviseDiagnosis revise_diagnosis(unsigned n = 1);  // changes nothing yet
VoidDiagnosis void_diagnosis(unsigned n = 1);
RecordProcedure record_procedure(unsigned n = 1);
VoidProcedure void_procedure(unsigned n = 1);
PrescribeMedication prescribe(unsigned n = 1);
StopMedication stop_medication(unsigned n = 1);
VoidMedication void_medication(unsigned n = 1);
OpenBill open_bill(unsigned n = 1);
AddCharge charge_encounter(unsigned n = 1);
AddCharge charge_procedure(unsigned n = 1);
AddCharge charge_medication(unsigned n = 1);
VoidCharge void_charge(int line_no = 1);
FinalizeBill finalize_bill();
VoidBill void_bill();

// One of each alternative of Command, with every optional field and without any.
std::vector<Command> every_command();

References standard_references();

// A stream in memory: decide, evolve, remember.
class Stream {
 public:
  Stream() : references(standard_references()) {}
  explicit Stream(const std::vector<Command>& given) : Stream() {
    for (const auto& command : given) accept(command);
  }

  // Fails the test where the command is refused.
  void accept(const Command& command);
  // Decides, and evolves on success; the rejection's type, or "" where it was accepted.
  std::string offer(const Command& command);

  const Patient& patient() const { return std::get<Patient>(state); }
  const Encounter& encounter(unsigned n = 1) const;

  StreamState state;
  References references;
  std::vector<Event> history;
  Rejection last_rejection;
};

}  // namespace pim::domain_testing
