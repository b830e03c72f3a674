// What happened: one struct an event. Their JSON is persisted for ever (golden files pin it); a
// field may be added as std::optional, never renamed, retyped or removed. The reason, user,
// request, tenant and times of recording stand in the envelope (store/event_store.h), not here.
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

struct PatientRegistered {
  PatientId patient_id;
  std::int32_t birth_year = 0;
  Sex sex = Sex::unknown;
  UsState state;
  Zip3 zip3;
  std::optional<Region> home_region;
  static constexpr auto fields() {
    return std::tuple{field("patient_id", &PatientRegistered::patient_id),
                      field("birth_year", &PatientRegistered::birth_year),
                      field("sex", &PatientRegistered::sex),
                      field("state", &PatientRegistered::state),
                      field("zip3", &PatientRegistered::zip3),
                      field("home_region", &PatientRegistered::home_region)};
  }
  bool operator==(const PatientRegistered&) const = default;
};

struct PatientAmended {
  std::optional<std::int32_t> birth_year;
  std::optional<Sex> sex;
  std::optional<UsState> state;
  std::optional<Zip3> zip3;
  std::optional<Region> home_region;
  static constexpr auto fields() {
    return std::tuple{field("birth_year", &PatientAmended::birth_year),
                      field("sex", &PatientAmended::sex), field("state", &PatientAmended::state),
                      field("zip3", &PatientAmended::zip3),
                      field("home_region", &PatientAmended::home_region)};
  }
  bool operator==(const PatientAmended&) const = default;
};

struct PatientDeactivated {
  static constexpr auto fields() { return std::tuple<>{}; }
  bool operator==(const PatientDeactivated&) const = default;
};

struct PatientDeceased {
  std::int32_t deceased_year = 0;
  static constexpr auto fields() {
    return std::tuple{field("deceased_year", &PatientDeceased::deceased_year)};
  }
  bool operator==(const PatientDeceased&) const = default;
};

struct ProviderRegistered {
  ProviderId provider_id;
  Npi npi;
  ProviderAlias alias;
  Specialty specialty = Specialty::other;
  FacilityId facility_id;
  Version facility_version = 0;
  static constexpr auto fields() {
    return std::tuple{field("provider_id", &ProviderRegistered::provider_id),
                      field("npi", &ProviderRegistered::npi),
                      field("alias", &ProviderRegistered::alias),
                      field("specialty", &ProviderRegistered::specialty),
                      field("facility_id", &ProviderRegistered::facility_id),
                      field("facility_version", &ProviderRegistered::facility_version)};
  }
  bool operator==(const ProviderRegistered&) const = default;
};

struct ProviderAmended {
  std::optional<Specialty> specialty;
  std::optional<FacilityId> facility_id;
  std::optional<Version> facility_version;
  static constexpr auto fields() {
    return std::tuple{field("specialty", &ProviderAmended::specialty),
                      field("facility_id", &ProviderAmended::facility_id),
                      field("facility_version", &ProviderAmended::facility_version)};
  }
  bool operator==(const ProviderAmended&) const = default;
};

struct ProviderRetired {
  static constexpr auto fields() { return std::tuple<>{}; }
  bool operator==(const ProviderRetired&) const = default;
};

struct FacilityRegistered {
  FacilityId facility_id;
  Npi npi;
  FacilityAlias alias;
  FacilityKind kind = FacilityKind::clinic;
  UsState state;
  Zip3 zip3;
  std::int32_t beds = 0;
  static constexpr auto fields() {
    return std::tuple{field("facility_id", &FacilityRegistered::facility_id),
                      field("npi", &FacilityRegistered::npi),
                      field("alias", &FacilityRegistered::alias),
                      field("kind", &FacilityRegistered::kind),
                      field("state", &FacilityRegistered::state),
                      field("zip3", &FacilityRegistered::zip3),
                      field("beds", &FacilityRegistered::beds)};
  }
  bool operator==(const FacilityRegistered&) const = default;
};

struct FacilityAmended {
  std::optional<FacilityKind> kind;
  std::optional<std::int32_t> beds;
  static constexpr auto fields() {
    return std::tuple{field("kind", &FacilityAmended::kind), field("beds", &FacilityAmended::beds)};
  }
  bool operator==(const FacilityAmended&) const = default;
};

struct FacilityRetired {
  static constexpr auto fields() { return std::tuple<>{}; }
  bool operator==(const FacilityRetired&) const = default;
};

struct EncounterAdmitted {
  EncounterId encounter_id;
  ProviderId provider_id;
  Version provider_version = 0;
  FacilityId facility_id;
  Version facility_version = 0;
  EncounterClass class_ = EncounterClass::ambulatory;
  Pos pos;
  UtcMillis admitted_at;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &EncounterAdmitted::encounter_id),
                      field("provider_id", &EncounterAdmitted::provider_id),
                      field("provider_version", &EncounterAdmitted::provider_version),
                      field("facility_id", &EncounterAdmitted::facility_id),
                      field("facility_version", &EncounterAdmitted::facility_version),
                      field("class", &EncounterAdmitted::class_),
                      field("pos", &EncounterAdmitted::pos),
                      field("admitted_at", &EncounterAdmitted::admitted_at)};
  }
  bool operator==(const EncounterAdmitted&) const = default;
};

struct EncounterTransferred {
  EncounterId encounter_id;
  std::optional<ProviderId> provider_id;
  std::optional<Version> provider_version;
  std::optional<FacilityId> facility_id;
  std::optional<Version> facility_version;
  UtcMillis transferred_at;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &EncounterTransferred::encounter_id),
                      field("provider_id", &EncounterTransferred::provider_id),
                      field("provider_version", &EncounterTransferred::provider_version),
                      field("facility_id", &EncounterTransferred::facility_id),
                      field("facility_version", &EncounterTransferred::facility_version),
                      field("transferred_at", &EncounterTransferred::transferred_at)};
  }
  bool operator==(const EncounterTransferred&) const = default;
};

struct EncounterDischarged {
  EncounterId encounter_id;
  UtcMillis discharged_at;
  Disposition disposition = Disposition::home;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &EncounterDischarged::encounter_id),
                      field("discharged_at", &EncounterDischarged::discharged_at),
                      field("disposition", &EncounterDischarged::disposition)};
  }
  bool operator==(const EncounterDischarged&) const = default;
};

struct EncounterCancelled {
  EncounterId encounter_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &EncounterCancelled::encounter_id)};
  }
  bool operator==(const EncounterCancelled&) const = default;
};

struct EncounterReopened {
  EncounterId encounter_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &EncounterReopened::encounter_id)};
  }
  bool operator==(const EncounterReopened&) const = default;
};

struct DiagnosisRecorded {
  DiagnosisId diagnosis_id;
  EncounterId encounter_id;
  Icd10Cm icd10cm;
  std::int32_t rank = 0;
  bool present_on_admission = false;
  UtcMillis recorded_at;
  static constexpr auto fields() {
    return std::tuple{field("diagnosis_id", &DiagnosisRecorded::diagnosis_id),
                      field("encounter_id", &DiagnosisRecorded::encounter_id),
                      field("icd10cm", &DiagnosisRecorded::icd10cm),
                      field("rank", &DiagnosisRecorded::rank),
                      field("present_on_admission", &DiagnosisRecorded::present_on_admission),
                      field("recorded_at", &DiagnosisRecorded::recorded_at)};
  }
  bool operator==(const DiagnosisRecorded&) const = default;
};

struct DiagnosisRevised {
  EncounterId encounter_id;
  DiagnosisId diagnosis_id;
  std::optional<Icd10Cm> icd10cm;
  std::optional<std::int32_t> rank;
  std::optional<bool> present_on_admission;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &DiagnosisRevised::encounter_id),
                      field("diagnosis_id", &DiagnosisRevised::diagnosis_id),
                      field("icd10cm", &DiagnosisRevised::icd10cm),
                      field("rank", &DiagnosisRevised::rank),
                      field("present_on_admission", &DiagnosisRevised::present_on_admission)};
  }
  bool operator==(const DiagnosisRevised&) const = default;
};

struct DiagnosisVoided {
  EncounterId encounter_id;
  DiagnosisId diagnosis_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &DiagnosisVoided::encounter_id),
                      field("diagnosis_id", &DiagnosisVoided::diagnosis_id)};
  }
  bool operator==(const DiagnosisVoided&) const = default;
};

struct ProcedureRecorded {
  ProcedureId procedure_id;
  EncounterId encounter_id;
  ProviderId provider_id;
  Version provider_version = 0;
  ProcedureSystem system = ProcedureSystem::hcpcs;
  std::string code;
  UtcMillis performed_at;
  std::int32_t quantity = 0;
  static constexpr auto fields() {
    return std::tuple{field("procedure_id", &ProcedureRecorded::procedure_id),
                      field("encounter_id", &ProcedureRecorded::encounter_id),
                      field("provider_id", &ProcedureRecorded::provider_id),
                      field("provider_version", &ProcedureRecorded::provider_version),
                      field("system", &ProcedureRecorded::system),
                      field("code", &ProcedureRecorded::code),
                      field("performed_at", &ProcedureRecorded::performed_at),
                      field("quantity", &ProcedureRecorded::quantity)};
  }
  bool operator==(const ProcedureRecorded&) const = default;
};

struct ProcedureVoided {
  EncounterId encounter_id;
  ProcedureId procedure_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &ProcedureVoided::encounter_id),
                      field("procedure_id", &ProcedureVoided::procedure_id)};
  }
  bool operator==(const ProcedureVoided&) const = default;
};

struct MedicationPrescribed {
  MedicationId medication_id;
  EncounterId encounter_id;
  ProviderId provider_id;
  Version provider_version = 0;
  Rxcui rxcui;
  std::optional<Ndc11> ndc11;
  Dose dose;
  DoseUnit unit = DoseUnit::mg;
  Route route = Route::oral;
  UtcMillis start;
  std::optional<UtcMillis> stop;
  static constexpr auto fields() {
    return std::tuple{field("medication_id", &MedicationPrescribed::medication_id),
                      field("encounter_id", &MedicationPrescribed::encounter_id),
                      field("provider_id", &MedicationPrescribed::provider_id),
                      field("provider_version", &MedicationPrescribed::provider_version),
                      field("rxcui", &MedicationPrescribed::rxcui),
                      field("ndc11", &MedicationPrescribed::ndc11),
                      field("dose", &MedicationPrescribed::dose),
                      field("unit", &MedicationPrescribed::unit),
                      field("route", &MedicationPrescribed::route),
                      field("start", &MedicationPrescribed::start),
                      field("stop", &MedicationPrescribed::stop)};
  }
  bool operator==(const MedicationPrescribed&) const = default;
};

struct MedicationStopped {
  EncounterId encounter_id;
  MedicationId medication_id;
  UtcMillis stop;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &MedicationStopped::encounter_id),
                      field("medication_id", &MedicationStopped::medication_id),
                      field("stop", &MedicationStopped::stop)};
  }
  bool operator==(const MedicationStopped&) const = default;
};

struct MedicationVoided {
  EncounterId encounter_id;
  MedicationId medication_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &MedicationVoided::encounter_id),
                      field("medication_id", &MedicationVoided::medication_id)};
  }
  bool operator==(const MedicationVoided&) const = default;
};

struct BillOpened {
  BillId bill_id;
  EncounterId encounter_id;
  static constexpr auto fields() {
    return std::tuple{field("bill_id", &BillOpened::bill_id),
                      field("encounter_id", &BillOpened::encounter_id)};
  }
  bool operator==(const BillOpened&) const = default;
};

struct ChargeAdded {
  EncounterId encounter_id;
  BillId bill_id;
  std::int32_t line_no = 0;
  SourceKind source_kind = SourceKind::encounter;
  Uuid source_id;
  ChargeCategory category = ChargeCategory::other;
  std::int32_t qty = 0;
  Cents unit_cents;
  Cents amount_cents;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &ChargeAdded::encounter_id),
                      field("bill_id", &ChargeAdded::bill_id),
                      field("line_no", &ChargeAdded::line_no),
                      field("source_kind", &ChargeAdded::source_kind),
                      field("source_id", &ChargeAdded::source_id),
                      field("category", &ChargeAdded::category),
                      field("qty", &ChargeAdded::qty),
                      field("unit_cents", &ChargeAdded::unit_cents),
                      field("amount_cents", &ChargeAdded::amount_cents)};
  }
  bool operator==(const ChargeAdded&) const = default;
};

struct ChargeVoided {
  EncounterId encounter_id;
  BillId bill_id;
  std::int32_t line_no = 0;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &ChargeVoided::encounter_id),
                      field("bill_id", &ChargeVoided::bill_id),
                      field("line_no", &ChargeVoided::line_no)};
  }
  bool operator==(const ChargeVoided&) const = default;
};

struct BillFinalized {
  EncounterId encounter_id;
  BillId bill_id;
  Cents total_cents;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &BillFinalized::encounter_id),
                      field("bill_id", &BillFinalized::bill_id),
                      field("total_cents", &BillFinalized::total_cents)};
  }
  bool operator==(const BillFinalized&) const = default;
};

struct BillVoided {
  EncounterId encounter_id;
  BillId bill_id;
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &BillVoided::encounter_id),
                      field("bill_id", &BillVoided::bill_id)};
  }
  bool operator==(const BillVoided&) const = default;
};

using Event =
    std::variant<PatientRegistered, PatientAmended, PatientDeactivated, PatientDeceased,
                 ProviderRegistered, ProviderAmended, ProviderRetired, FacilityRegistered,
                 FacilityAmended, FacilityRetired, EncounterAdmitted, EncounterTransferred,
                 EncounterDischarged, EncounterCancelled, EncounterReopened, DiagnosisRecorded,
                 DiagnosisRevised, DiagnosisVoided, ProcedureRecorded, ProcedureVoided,
                 MedicationPrescribed, MedicationStopped, MedicationVoided, BillOpened, ChargeAdded,
                 ChargeVoided, BillFinalized, BillVoided>;

// The event's persisted type name in kebab case (`encounter-admitted`).
std::string_view event_type(const Event& event);
// Version of the JSON of every event type written by this build.
inline constexpr int kEventSchemaVersion = 1;

}  // namespace pim
