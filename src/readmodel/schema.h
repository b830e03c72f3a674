// The tables of readmodel.db.
#pragma once

#include "readmodel/derived_file.h"

namespace pim::readmodel {

// Ids are 16-byte blobs, times Unix milliseconds. `doc` and `facts` are the domain's canonical
// JSON.
// - patient: version is the stream's, the ETag of all below it.
// - encounter: an encounter_id is unique within its patient only. `number` only names the row;
// `status` is EncounterStatus; `bills` counts them, void
//   ones too. admitted_at never changes, so it orders pages.
// - reference_data: providers and facilities; `kind` is StreamKind.
// - code_count: live codes only; no row has count 0.
inline constexpr DerivedSchema kReadModelSchema{1, R"sql(
CREATE TABLE patient(
  patient_id BLOB PRIMARY KEY,
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE encounter(
  number INTEGER PRIMARY KEY,
  patient_id BLOB NOT NULL,
  encounter_id BLOB NOT NULL,
  tenant TEXT NOT NULL,
  admitted_at INTEGER NOT NULL,
  provider_id BLOB NOT NULL,
  facility_id BLOB NOT NULL,
  status INTEGER NOT NULL,
  bills INTEGER NOT NULL,
  doc TEXT NOT NULL
);
CREATE UNIQUE INDEX encounter_of_patient ON encounter(patient_id, admitted_at, encounter_id);
CREATE INDEX encounter_of_provider ON encounter(provider_id, admitted_at, encounter_id, patient_id);
CREATE INDEX encounter_open ON encounter(facility_id, admitted_at, encounter_id, patient_id) WHERE status = 0;
CREATE INDEX encounter_of_day ON encounter(tenant, admitted_at, encounter_id, patient_id);
CREATE TABLE reference_data(
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY(id, kind)
) WITHOUT ROWID;
CREATE TABLE code_count(
  tenant TEXT NOT NULL,
  system TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(tenant, system, code)
) WITHOUT ROWID;
)sql"};

}  // namespace pim::readmodel
