// One row of each of the eight tables, as the generator knows it.
#pragma once

#include <cstdint>

#include "data/generate/text.h"
#include "domain/enums.h"

namespace pim::data::generate {

struct FacilityRow {
  IdText facility_id;
  std::uint64_t npi = 0;
  std::uint32_t alias = 0;
  FacilityKind kind = FacilityKind::clinic;
  Word state;
  Word zip3;
  std::uint32_t beds = 0;
};

struct ProviderRow {
  IdText provider_id;
  std::uint64_t npi = 0;
  std::uint32_t alias = 0;
  Specialty specialty = Specialty::other;
  IdText facility_id;
};

struct PatientRow {
  IdText patient_id;
  std::uint32_t birth_year = 0;
  Sex sex = Sex::unknown;
  Word state;
  Word zip3;
  std::uint32_t deceased_year = 0;  // 0: alive
};

struct EncounterRow {
  IdText encounter_id;
  const IdText* patient_id = nullptr;
  IdText provider_id;
  IdText facility_id;
  EncounterClass encounter_class = EncounterClass::ambulatory;
  Word pos;
  std::int64_t admitted_at = 0;
  std::int64_t discharged_at = 0;  // 0: still open
  Disposition disposition = Disposition::home;
};

// The rows below an encounter point to it.
struct DiagnosisRow {
  IdText diagnosis_id;
  const IdText* patient_id = nullptr;
  const EncounterRow* encounter = nullptr;
  const Word* icd10cm = nullptr;
  std::uint32_t rank = 0;
  bool present_on_admission = false;
  std::int64_t recorded_at = 0;
};

struct ProcedureRow {
  IdText procedure_id;
  const IdText* patient_id = nullptr;
  const EncounterRow* encounter = nullptr;
  ProcedureSystem system = ProcedureSystem::hcpcs;
  const Word* code = nullptr;
  std::int64_t performed_at = 0;
  std::uint32_t quantity = 0;
};

struct MedicationRow {
  IdText medication_id;
  const IdText* patient_id = nullptr;
  const EncounterRow* encounter = nullptr;
  const Word* rxcui = nullptr;
  const Word* ndc11 = nullptr;  // may be empty
  const Word* dose = nullptr;
  DoseUnit unit = DoseUnit::mg;
  Route route = Route::oral;
  std::int64_t start = 0;
  std::int64_t stop = 0;  // 0: for good
};

struct ChargeRow {
  IdText charge_id;
  const IdText* bill_id = nullptr;
  const IdText* patient_id = nullptr;
  const EncounterRow* encounter = nullptr;
  std::uint32_t line_no = 0;
  SourceKind source_kind = SourceKind::encounter;
  const IdText* source_id = nullptr;
  ChargeCategory category = ChargeCategory::other;
  std::uint32_t qty = 0;
  std::uint64_t unit_cents = 0;
  bool final = false;
};

}  // namespace pim::data::generate
