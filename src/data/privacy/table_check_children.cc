#include "data/privacy/table_check.h"
#include "domain/procedure_code.h"

namespace pim::data::privacy {
namespace {

constexpr std::uint32_t kUnknownEncounter = 0x7FFFFFFFU;  // in the 31 bits of a SourceRow

// An ICD-10-CM code, with or without its dot, and its encounter, exact for the first 2^29
// encounters: a letter, a digit, and up to five of 36 characters are fewer than 2^35 codes.
std::uint64_t key_of_code(std::string_view code, std::uint32_t encounter) {
  std::uint64_t key = 0;
  std::size_t characters = 0;
  for (const char c : code) {
    if (c == '.') continue;
    const bool digit = c >= '0' && c <= '9';
    const auto value = static_cast<std::uint64_t>(digit ? c - '0' : c - 'A' + 10);
    if (characters == 0) {
      key = value - 10;
    } else if (characters == 1) {
      key = key * 10 + value;
    } else {
      key = key * 37 + value + 1;
    }
    ++characters;
  }
  for (; characters < 7; ++characters) key *= 37;
  return static_cast<std::uint64_t>(encounter) << 35 | key;
}

}  // namespace

TableCheck::Parent TableCheck::parent_of(const Cells& cells) {
  Parent parent;
  parent.number = refer(cells, "encounter_id", "encounters", encounters_);
  if (parent.number < encounter_rows_.size()) parent.encounter = &encounter_rows_[parent.number];
  const auto patient = refer(cells, "patient_id", "patients", patients_);
  if (patient != kNone && parent.encounter != nullptr && parent.encounter->patient != kNone) {
    broken(Rule::patient_of_encounter, patient != parent.encounter->patient, cells, "patient_id");
  }
  return parent;
}

void TableCheck::check_within(const Parent& parent, const Cells& cells, std::string_view column) {
  const auto time = cells.time(column);
  if (!time || parent.encounter == nullptr || !parent.encounter->has_admission) return;
  const auto& encounter = *parent.encounter;
  const auto since = time->value - encounter.admitted_ms;
  const bool late = encounter.stay_s != kNone && since > std::int64_t{encounter.stay_s} * 1000;
  if (broken(Rule::time_outside_encounter, since < 0 || late, cells, column)) return;
  if (const auto* patient = patient_row(encounter.patient); patient != nullptr) {
    check_own_time(*patient, *time, cells, column);
  }
}

void TableCheck::diagnosis(const Cells& cells) {
  own_id(cells, diagnoses_);
  const auto parent = parent_of(cells);
  check_within(parent, cells, "recorded_at");
  if (parent.encounter == nullptr) return;
  if (cells.integer("rank") == 1) {
    broken(Rule::rank_one_twice, parent.encounter->rank_one, cells, "rank");
    parent.encounter->rank_one = true;
  }
  if (const auto code = cells.text("icd10cm"); !code.empty()) {
    broken(Rule::code_twice, !codes_.insert(key_of_code(code, parent.number)), cells, "icd10cm");
  }
}

void TableCheck::procedure(const Cells& cells) {
  const auto number = own_id(cells, procedures_);
  const auto parent = parent_of(cells);
  refer(cells, "provider_id", "providers", providers_);
  check_within(parent, cells, "performed_at");
  const auto system = parse_enum<ProcedureSystem>(cells.text("system"));
  const auto code = cells.text("code");
  if (system && !code.empty()) {
    broken(Rule::procedure_code, !is_procedure_code(*system, code), cells, "code");
  }
  if (system && parent.encounter != nullptr && parent.encounter->has_class) {
    broken(Rule::pcs_needs_inpatient,
           *system == ProcedureSystem::pcs && !parent.encounter->inpatient, cells, "system");
  }
  if (number == kNone) return;
  SourceRow row;
  row.encounter = parent.number & kUnknownEncounter;
  procedure_rows_.push_back(row);
}

void TableCheck::medication(const Cells& cells) {
  const auto number = own_id(cells, medications_);
  const auto parent = parent_of(cells);
  refer(cells, "provider_id", "providers", providers_);
  check_within(parent, cells, "start");
  // a planned stop may lie behind the discharge
  const auto start = cells.time("start");
  const auto stop = cells.time("stop");
  if (start && stop) broken(Rule::stop_before_start, *stop < *start, cells, "stop");
  if (number == kNone) return;
  SourceRow row;
  row.encounter = parent.number & kUnknownEncounter;
  medication_rows_.push_back(row);
}

}  // namespace pim::data::privacy
