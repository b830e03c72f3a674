// What callers ask for: one struct a command. The patient, provider or facility that a command
// changes is the stream it is sent to; only Register names it a second time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/codes.h"
#include "domain/enums.h"
#include "domain/field.h"
#include "domain/ids.h"
#include "domain/money.h"
#include "domain/text.h"

namespace pim {

// Patients

// `home_region` is recorded and never routes.
struct RegisterPatient {
  PatientId patient_id;
  std::int32_t birth_year = 0;
  Sex sex = Sex::unknown;
  UsState state;
  Zip3 zip3;
  std::optional<Region> home_region;
  static constexpr auto fields() {
    return std::tuple{field("patient_id", &RegisterPatient::patient_id),
                      field("birth_year", &RegisterPatient::birth_year),
                      field("sex", &RegisterPatient::sex),
                      field("state", &RegisterPatient::state),
                      field("zip3", &RegisterPatient::zip3),
                      field("home_region", &RegisterPatient::home_region)};
  }
  bool operator==(const RegisterPatient&) const = default;
};

// Absent fields stay as they are; at least one must be present.
struct AmendPatient {
  std::optional<std::int32_t> birth_year;
  std::optional<Sex> sex;
  std::optional<UsState> state;
  std::optional<Zip3> zip3;
  std::optional<Region> home_region;
  static constexpr auto fields() {
    return std::tuple{field("birth_year", &AmendPatient::birth_year),
                      field("sex", &AmendPatient::sex), field("state", &AmendPatient::state),
                      field("zip3", &AmendPatient::zip3),
                      field("home_region", &AmendPatient::home_region)};
  }
  bool operator==(const AmendPatient&) const = default;
};

struct DeactivatePatient {
  Reason reason;
  static constexpr auto fields() { return std::tuple{field("reason", &DeactivatePatient::reason)}; }
  bool operator==(const DeactivatePatient&) const = default;
};

struct MarkPatientDeceased {
  std::int32_t deceased_year = 0;
  static constexpr auto fields() {
    return std::tuple{field("deceased_year", &MarkPatientDeceased::deceased_year)};
  }
  bool operator==(const MarkPatientDeceased&) const = default;
};

// Providers and facilities: reference data

struct RegisterProvider {
  ProviderId provider_id;
  Npi npi;
  ProviderAlias alias;
  Specialty specialty = Specialty::other;
  FacilityId facility_id;
  static constexpr auto fields() {
    return std::tuple{
        field("provider_id", &RegisterProvider::provider_id), field("npi", &RegisterProvider::npi),
        field("alias", &RegisterProvider::alias), field("specialty", &RegisterProvider::specialty),
        field("facility_id", &RegisterProvider::facility_id)};
  }
  bool operator==(const RegisterProvider&) const = default;
};

struct AmendProvider {
  std::optional<Specialty> specialty;
  std::optional<FacilityId> facility_id;
  static constexpr auto fields() {
    return std::tuple{field("specialty", &AmendProvider::specialty),
                      field("facility_id", &AmendProvider::facility_id)};
  }
  bool operator==(const AmendProvider&) const = default;
};

struct RetireProvider {
  Reason reason;
  static constexpr auto fields() { return std::tuple{field("reason", &RetireProvider::reason)}; }
  bool operator==(const RetireProvider&) const = default;
};

struct RegisterFacility {
  FacilityId facility_id;
  Npi npi;
  FacilityAlias alias;
  FacilityKind kind = FacilityKind::clinic;
  UsState state;
  Zip3 zip3;
  std::int32_t beds = 0;
  static constexpr auto fields() {
    return std::tuple{field("facility_id", &RegisterFacility::facility_id),
                      field("npi", &RegisterFacility::npi),
                      field("alias", &RegisterFacility::alias),
                      field("kind", &RegisterFacility::kind),
                      field("state", &RegisterFacility::state),
                      field("zip3", &RegisterFacility::zip3),
                      field("beds", &RegisterFacility::beds)};
  }
  bool operator==(const RegisterFacility&) const = default;
};

struct AmendFacility {
  std::optional<FacilityKind> kind;
  std::optional<std::int32_t> beds;
  static constexpr auto fields() {
    return std::tuple{field("kind", &AmendFacility::kind), field("beds", &AmendFacility::beds)};
  }
  bool operator==(const AmendFacility&) const = default;
};

struct RetireFacility {
  Reason reason;
  static constexpr auto fields() { return std::tuple{field("reason", &RetireFacility::reason)}; }
  bool operator==(const RetireFacility&) const = default;
};

// Encounters

struct AdmitEncounter {
  EncounterId encounter_id;
  ProviderId provider_id;
  FacilityId facility_id;
  EncounterClass class_ = EncounterClass::ambulatory;
  Pos pos;
  UtcMillis admitted_at;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &AdmitEncounter::encounter_id),
                      field("provider_id", &AdmitEncounter::provider_id),
                      field("facility_id", &AdmitEncounter::facility_id),
                      field("class", &AdmitEncounter::class_),
                      field("pos", &AdmitEncounter::pos),
                      field("admitted_at", &AdmitEncounter::admitted_at)};
  }
  bool operator==(const AdmitEncounter&) const = default;
};

// To another facility, another provider, or both: at least one must be present.
struct TransferEncounter {
  EncounterId encounter_id;
  std::optional<ProviderId> provider_id;
  std::optional<FacilityId> facility_id;
  UtcMillis transferred_at;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &TransferEncounter::encounter_id),
                      field("provider_id", &TransferEncounter::provider_id),
                      field("facility_id", &TransferEncounter::facility_id),
                      field("transferred_at", &TransferEncounter::transferred_at)};
  }
  bool operator==(const TransferEncounter&) const = default;
};

struct DischargeEncounter {
  EncounterId encounter_id;
  UtcMillis discharged_at;
  Disposition disposition = Disposition::home;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &DischargeEncounter::encounter_id),
                      field("discharged_at", &DischargeEncounter::discharged_at),
                      field("disposition", &DischargeEncounter::disposition)};
  }
  bool operator==(const DischargeEncounter&) const = default;
};

// Only with no live diagnosis, procedure, medication or bill.
struct CancelEncounter {
  EncounterId encounter_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &CancelEncounter::encounter_id),
                      field("reason", &CancelEncounter::reason)};
  }
  bool operator==(const CancelEncounter&) const = default;
};

// The only way to a late entry: the encounter is open again until the next discharge.
struct ReopenEncounter {
  EncounterId encounter_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &ReopenEncounter::encounter_id),
                      field("reason", &ReopenEncounter::reason)};
  }
  bool operator==(const ReopenEncounter&) const = default;
};

// Diagnoses, procedures, medications

struct RecordDiagnosis {
  DiagnosisId diagnosis_id;
  EncounterId encounter_id;
  Icd10Cm icd10cm;
  std::int32_t rank = 0;
  bool present_on_admission = false;
  UtcMillis recorded_at;
  static constexpr auto fields() {
    return std::tuple{field("diagnosis_id", &RecordDiagnosis::diagnosis_id),
                      field("encounter_id", &RecordDiagnosis::encounter_id),
                      field("icd10cm", &RecordDiagnosis::icd10cm),
                      field("rank", &RecordDiagnosis::rank),
                      field("present_on_admission", &RecordDiagnosis::present_on_admission),
                      field("recorded_at", &RecordDiagnosis::recorded_at)};
  }
  bool operator==(const RecordDiagnosis&) const = default;
};

struct ReviseDiagnosis {
  EncounterId encounter_id;
  DiagnosisId diagnosis_id;
  std::optional<Icd10Cm> icd10cm;
  std::optional<std::int32_t> rank;
  std::optional<bool> present_on_admission;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &ReviseDiagnosis::encounter_id),
                      field("diagnosis_id", &ReviseDiagnosis::diagnosis_id),
                      field("icd10cm", &ReviseDiagnosis::icd10cm),
                      field("rank", &ReviseDiagnosis::rank),
                      field("present_on_admission", &ReviseDiagnosis::present_on_admission),
                      field("reason", &ReviseDiagnosis::reason)};
  }
  bool operator==(const ReviseDiagnosis&) const = default;
};

struct VoidDiagnosis {
  EncounterId encounter_id;
  DiagnosisId diagnosis_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &VoidDiagnosis::encounter_id),
                      field("diagnosis_id", &VoidDiagnosis::diagnosis_id),
                      field("reason", &VoidDiagnosis::reason)};
  }
  bool operator==(const VoidDiagnosis&) const = default;
};

// `code` is a PCS or a HCPCS code, as `system` says; PCS only in inpatient encounters.
struct RecordProcedure {
  ProcedureId procedure_id;
  EncounterId encounter_id;
  ProviderId provider_id;
  ProcedureSystem system = ProcedureSystem::hcpcs;
  std::string code;
  UtcMillis performed_at;
  std::int32_t quantity = 0;
  static constexpr auto fields() {
    return std::tuple{field("procedure_id", &RecordProcedure::procedure_id),
                      field("encounter_id", &RecordProcedure::encounter_id),
                      field("provider_id", &RecordProcedure::provider_id),
                      field("system", &RecordProcedure::system),
                      field("code", &RecordProcedure::code),
                      field("performed_at", &RecordProcedure::performed_at),
                      field("quantity", &RecordProcedure::quantity)};
  }
  bool operator==(const RecordProcedure&) const = default;
};

struct VoidProcedure {
  EncounterId encounter_id;
  ProcedureId procedure_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &VoidProcedure::encounter_id),
                      field("procedure_id", &VoidProcedure::procedure_id),
                      field("reason", &VoidProcedure::reason)};
  }
  bool operator==(const VoidProcedure&) const = default;
};

struct PrescribeMedication {
  MedicationId medication_id;
  EncounterId encounter_id;
  ProviderId provider_id;
  Rxcui rxcui;
  std::optional<Ndc11> ndc11;
  Dose dose;
  DoseUnit unit = DoseUnit::mg;
  Route route = Route::oral;
  UtcMillis start;
  std::optional<UtcMillis> stop;
  static constexpr auto fields() {
    return std::tuple{field("medication_id", &PrescribeMedication::medication_id),
                      field("encounter_id", &PrescribeMedication::encounter_id),
                      field("provider_id", &PrescribeMedication::provider_id),
                      field("rxcui", &PrescribeMedication::rxcui),
                      field("ndc11", &PrescribeMedication::ndc11),
                      field("dose", &PrescribeMedication::dose),
                      field("unit", &PrescribeMedication::unit),
                      field("route", &PrescribeMedication::route),
                      field("start", &PrescribeMedication::start),
                      field("stop", &PrescribeMedication::stop)};
  }
  bool operator==(const PrescribeMedication&) const = default;
};

struct StopMedication {
  EncounterId encounter_id;
  MedicationId medication_id;
  UtcMillis stop;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &StopMedication::encounter_id),
                      field("medication_id", &StopMedication::medication_id),
                      field("stop", &StopMedication::stop)};
  }
  bool operator==(const StopMedication&) const = default;
};

struct VoidMedication {
  EncounterId encounter_id;
  MedicationId medication_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &VoidMedication::encounter_id),
                      field("medication_id", &VoidMedication::medication_id),
                      field("reason", &VoidMedication::reason)};
  }
  bool operator==(const VoidMedication&) const = default;
};

// Billing: one bill an encounter that is not void; a line is addressed by its number

struct OpenBill {
  BillId bill_id;
  EncounterId encounter_id;
  static constexpr auto fields() {
    return std::tuple{field("bill_id", &OpenBill::bill_id),
                      field("encounter_id", &OpenBill::encounter_id)};
  }
  bool operator==(const OpenBill&) const = default;
};

struct AddCharge {
  EncounterId encounter_id;
  SourceKind source_kind = SourceKind::encounter;
  Uuid source_id;
  ChargeCategory category = ChargeCategory::other;
  std::int32_t qty = 0;
  Cents unit_cents;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &AddCharge::encounter_id),
                      field("source_kind", &AddCharge::source_kind),
                      field("source_id", &AddCharge::source_id),
                      field("category", &AddCharge::category),
                      field("qty", &AddCharge::qty),
                      field("unit_cents", &AddCharge::unit_cents)};
  }
  bool operator==(const AddCharge&) const = default;
};

struct VoidCharge {
  EncounterId encounter_id;
  std::int32_t line_no = 0;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &VoidCharge::encounter_id),
                      field("line_no", &VoidCharge::line_no), field("reason", &VoidCharge::reason)};
  }
  bool operator==(const VoidCharge&) const = default;
};

// Only after discharge.
struct FinalizeBill {
  EncounterId encounter_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &FinalizeBill::encounter_id)};
  }
  bool operator==(const FinalizeBill&) const = default;
};

struct VoidBill {
  EncounterId encounter_id;
  Reason reason;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &VoidBill::encounter_id),
                      field("reason", &VoidBill::reason)};
  }
  bool operator==(const VoidBill&) const = default;
};

using Command =
    std::variant<RegisterPatient, AmendPatient, DeactivatePatient, MarkPatientDeceased,
                 RegisterProvider, AmendProvider, RetireProvider, RegisterFacility, AmendFacility,
                 RetireFacility, AdmitEncounter, TransferEncounter, DischargeEncounter,
                 CancelEncounter, ReopenEncounter, RecordDiagnosis, ReviseDiagnosis, VoidDiagnosis,
                 RecordProcedure, VoidProcedure, PrescribeMedication, StopMedication,
                 VoidMedication, OpenBill, AddCharge, VoidCharge, FinalizeBill, VoidBill>;

// The command's name in kebab case (`admit-encounter`): in receipts, audit records and metrics.
std::string_view command_name(const Command& command);
// The kind of stream that the command changes.
StreamKind stream_kind_of(const Command& command);

}  // namespace pim
