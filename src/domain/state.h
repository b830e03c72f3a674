// What a stream's events add up to. Built only by evolve(); snapshots persist it as JSON.
// The tenant and the version stand beside it (spine, readmodel): they come from the envelope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/codes.h"
#include "domain/enums.h"
#include "domain/field.h"
#include "domain/ids.h"
#include "domain/money.h"
#include "domain/text.h"

namespace pim {

struct Diagnosis {
  DiagnosisId diagnosis_id;
  Icd10Cm icd10cm;
  std::int32_t rank = 0;
  bool present_on_admission = false;
  UtcMillis recorded_at;
  bool voided = false;
  static constexpr auto fields() {
    return std::tuple{field("diagnosis_id", &Diagnosis::diagnosis_id),
                      field("icd10cm", &Diagnosis::icd10cm),
                      field("rank", &Diagnosis::rank),
                      field("present_on_admission", &Diagnosis::present_on_admission),
                      field("recorded_at", &Diagnosis::recorded_at),
                      field("voided", &Diagnosis::voided)};
  }
  bool operator==(const Diagnosis&) const = default;
};

struct Procedure {
  ProcedureId procedure_id;
  ProviderId provider_id;
  ProcedureSystem system = ProcedureSystem::hcpcs;
  std::string code;
  UtcMillis performed_at;
  std::int32_t quantity = 0;
  bool voided = false;
  static constexpr auto fields() {
    return std::tuple{field("procedure_id", &Procedure::procedure_id),
                      field("provider_id", &Procedure::provider_id),
                      field("system", &Procedure::system),
                      field("code", &Procedure::code),
                      field("performed_at", &Procedure::performed_at),
                      field("quantity", &Procedure::quantity),
                      field("voided", &Procedure::voided)};
  }
  bool operator==(const Procedure&) const = default;
};

struct Medication {
  MedicationId medication_id;
  ProviderId provider_id;
  Rxcui rxcui;
  std::optional<Ndc11> ndc11;
  Dose dose;
  DoseUnit unit = DoseUnit::mg;
  Route route = Route::oral;
  UtcMillis start;
  std::optional<UtcMillis> stop;
  bool voided = false;
  static constexpr auto fields() {
    return std::tuple{field("medication_id", &Medication::medication_id),
                      field("provider_id", &Medication::provider_id),
                      field("rxcui", &Medication::rxcui),
                      field("ndc11", &Medication::ndc11),
                      field("dose", &Medication::dose),
                      field("unit", &Medication::unit),
                      field("route", &Medication::route),
                      field("start", &Medication::start),
                      field("stop", &Medication::stop),
                      field("voided", &Medication::voided)};
  }
  bool operator==(const Medication&) const = default;
};

struct BillLine {
  std::int32_t line_no = 0;  // from 1, in the order of adding
  SourceKind source_kind = SourceKind::encounter;
  Uuid source_id;
  ChargeCategory category = ChargeCategory::other;
  std::int32_t qty = 0;
  Cents unit_cents;
  Cents amount_cents;
  bool voided = false;
  static constexpr auto fields() {
    return std::tuple{field("line_no", &BillLine::line_no),
                      field("source_kind", &BillLine::source_kind),
                      field("source_id", &BillLine::source_id),
                      field("category", &BillLine::category),
                      field("qty", &BillLine::qty),
                      field("unit_cents", &BillLine::unit_cents),
                      field("amount_cents", &BillLine::amount_cents),
                      field("voided", &BillLine::voided)};
  }
  bool operator==(const BillLine&) const = default;
};

struct Bill {
  BillId bill_id;
  BillStatus status = BillStatus::open;
  Cents total_cents;  // the sum of the lines that are not void
  std::vector<BillLine> lines;
  static constexpr auto fields() {
    return std::tuple{field("bill_id", &Bill::bill_id), field("status", &Bill::status),
                      field("total_cents", &Bill::total_cents), field("lines", &Bill::lines)};
  }
  bool operator==(const Bill&) const = default;
};

struct Encounter {
  EncounterId encounter_id;
  ProviderId provider_id;
  FacilityId facility_id;
  EncounterClass class_ = EncounterClass::ambulatory;
  Pos pos;
  EncounterStatus status = EncounterStatus::open;
  UtcMillis admitted_at;
  std::optional<UtcMillis> transferred_at;  // of the last transfer
  std::optional<UtcMillis> discharged_at;
  std::optional<Disposition> disposition;
  std::vector<Diagnosis> diagnoses;
  std::vector<Procedure> procedures;
  std::vector<Medication> medications;
  std::vector<Bill> bills;  // at most one that is not void, and that one is the last
  static constexpr auto fields() {
    return std::tuple{field("encounter_id", &Encounter::encounter_id),
                      field("provider_id", &Encounter::provider_id),
                      field("facility_id", &Encounter::facility_id),
                      field("class", &Encounter::class_),
                      field("pos", &Encounter::pos),
                      field("status", &Encounter::status),
                      field("admitted_at", &Encounter::admitted_at),
                      field("transferred_at", &Encounter::transferred_at),
                      field("discharged_at", &Encounter::discharged_at),
                      field("disposition", &Encounter::disposition),
                      field("diagnoses", &Encounter::diagnoses),
                      field("procedures", &Encounter::procedures),
                      field("medications", &Encounter::medications),
                      field("bills", &Encounter::bills)};
  }
  bool operator==(const Encounter&) const = default;
};

// The demographic facts of a patient, without the encounters: one read-model row.
struct PatientFacts {
  PatientId patient_id;
  std::int32_t birth_year = 0;
  Sex sex = Sex::unknown;
  UsState state;
  Zip3 zip3;
  std::optional<Region> home_region;
  PatientStatus status = PatientStatus::active;
  std::optional<std::int32_t> deceased_year;
  static constexpr auto fields() {
    return std::tuple{field("patient_id", &PatientFacts::patient_id),
                      field("birth_year", &PatientFacts::birth_year),
                      field("sex", &PatientFacts::sex),
                      field("state", &PatientFacts::state),
                      field("zip3", &PatientFacts::zip3),
                      field("home_region", &PatientFacts::home_region),
                      field("status", &PatientFacts::status),
                      field("deceased_year", &PatientFacts::deceased_year)};
  }
  bool operator==(const PatientFacts&) const = default;
};

// Encounters in the order of admission commands, found by id in constant time.
class Encounters {
 public:
  Encounter* find(EncounterId id);
  const Encounter* find(EncounterId id) const;
  Encounter& add(Encounter encounter);  // the id must be new
  const std::vector<Encounter>& all() const { return list_; }
  bool operator==(const Encounters& other) const { return list_ == other.list_; }

 private:
  std::vector<Encounter> list_;
  std::unordered_map<EncounterId, std::size_t> index_;
};

struct Patient {
  PatientFacts facts;
  Encounters encounters;
  static constexpr auto fields() {
    return std::tuple{field("facts", &Patient::facts), field("encounters", &Patient::encounters)};
  }
  bool operator==(const Patient&) const = default;
};

struct Provider {
  ProviderId provider_id;
  Npi npi;
  ProviderAlias alias;
  Specialty specialty = Specialty::other;
  FacilityId facility_id;
  ReferenceStatus status = ReferenceStatus::active;
  static constexpr auto fields() {
    return std::tuple{field("provider_id", &Provider::provider_id),
                      field("npi", &Provider::npi),
                      field("alias", &Provider::alias),
                      field("specialty", &Provider::specialty),
                      field("facility_id", &Provider::facility_id),
                      field("status", &Provider::status)};
  }
  bool operator==(const Provider&) const = default;
};

struct Facility {
  FacilityId facility_id;
  Npi npi;
  FacilityAlias alias;
  FacilityKind kind = FacilityKind::clinic;
  UsState state;
  Zip3 zip3;
  std::int32_t beds = 0;
  ReferenceStatus status = ReferenceStatus::active;
  static constexpr auto fields() {
    return std::tuple{field("facility_id", &Facility::facility_id),
                      field("npi", &Facility::npi),
                      field("alias", &Facility::alias),
                      field("kind", &Facility::kind),
                      field("state", &Facility::state),
                      field("zip3", &Facility::zip3),
                      field("beds", &Facility::beds),
                      field("status", &Facility::status)};
  }
  bool operator==(const Facility&) const = default;
};

// std::monostate: the stream does not exist.
using StreamState = std::variant<std::monostate, Patient, Provider, Facility>;

}  // namespace pim
