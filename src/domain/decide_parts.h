// decide() by command: one overload each, grouped in one file an entity. Each sees the state of the
// right kind of stream, which exists, and a command whose values are within their limits.
#pragma once

#include <vector>

#include "domain/decide.h"

namespace pim::decide_parts {

using Decision = Result<std::vector<Event>, Rejection>;

// The common outcome: one event.
template <class E>
Decision one_event(E event) {
  std::vector<Event> events;
  events.emplace_back(std::move(event));
  return events;
}

// decide_patient.cc
Decision create(const References&, const RegisterPatient&);
Decision change(const Patient&, const References&, const AmendPatient&);
Decision change(const Patient&, const References&, const DeactivatePatient&);
Decision change(const Patient&, const References&, const MarkPatientDeceased&);

// decide_reference.cc: providers and facilities
Decision create(const References&, const RegisterProvider&);
Decision change(const Provider&, const References&, const AmendProvider&);
Decision change(const Provider&, const References&, const RetireProvider&);
Decision create(const References&, const RegisterFacility&);
Decision change(const Facility&, const References&, const AmendFacility&);
Decision change(const Facility&, const References&, const RetireFacility&);

// decide_encounter.cc
Decision change(const Patient&, const References&, const AdmitEncounter&);
Decision change(const Patient&, const References&, const TransferEncounter&);
Decision change(const Patient&, const References&, const DischargeEncounter&);
Decision change(const Patient&, const References&, const CancelEncounter&);
Decision change(const Patient&, const References&, const ReopenEncounter&);

// decide_clinical.cc: diagnoses, procedures, medications
Decision change(const Patient&, const References&, const RecordDiagnosis&);
Decision change(const Patient&, const References&, const ReviseDiagnosis&);
Decision change(const Patient&, const References&, const VoidDiagnosis&);
Decision change(const Patient&, const References&, const RecordProcedure&);
Decision change(const Patient&, const References&, const VoidProcedure&);
Decision change(const Patient&, const References&, const PrescribeMedication&);
Decision change(const Patient&, const References&, const StopMedication&);
Decision change(const Patient&, const References&, const VoidMedication&);

// decide_billing.cc
Decision change(const Patient&, const References&, const OpenBill&);
Decision change(const Patient&, const References&, const AddCharge&);
Decision change(const Patient&, const References&, const VoidCharge&);
Decision change(const Patient&, const References&, const FinalizeBill&);
Decision change(const Patient&, const References&, const VoidBill&);

}  // namespace pim::decide_parts
