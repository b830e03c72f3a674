#include "data/privacy/table_check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/calendar.h"

namespace pim::data::privacy {
namespace {

// Safe Harbor gives no age above 89 away: whoever is older is as old as this (docs/domain.md).
constexpr int kOldestAge = 90;

// The digits of an alias or an NPI, for a set of them.
std::uint64_t digits_as_key(std::string_view text) {
  std::uint64_t key = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') key = key * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return key;
}

}  // namespace

TableCheck::TableCheck(Report& report, TextCheck& texts, TableCheckOptions options)
    : report_(report), cells_check_(report, texts), options_(std::move(options)) {}

void TableCheck::begin_file(const std::string& file, const Table* table,
                            const std::vector<std::string>& columns) {
  struct RowCheck {
    std::string_view table;
    void (TableCheck::*check)(const Cells&);
  };
  static constexpr std::array<RowCheck, 8> kRowChecks = {{{"facilities", &TableCheck::facility},
                                                          {"providers", &TableCheck::provider},
                                                          {"patients", &TableCheck::patient},
                                                          {"encounters", &TableCheck::encounter},
                                                          {"diagnoses", &TableCheck::diagnosis},
                                                          {"procedures", &TableCheck::procedure},
                                                          {"medications", &TableCheck::medication},
                                                          {"billing", &TableCheck::charge}}};
  if (table_ != nullptr && table_->name == "diagnoses" && table != table_) {
    report_.index_bytes = std::max(report_.index_bytes, memory());
    diagnoses_.clear();
    codes_.clear();
  }
  file_ = file;
  table_ = table;
  check_row_ = nullptr;
  for (const auto& each : kRowChecks) {
    if (table != nullptr && table->name == each.table) check_row_ = each.check;
  }
  cells_check_.begin(file, table, columns);
  if (table == nullptr) return;
  if (table->name == "patients") patient_files_.push_back({file, patients_.size()});
  if (table->name == "billing") bill_files_.push_back(file);
}

void TableCheck::row(const CsvRow& row) {
  ++report_.rows;
  report_.looked_at(Rule::row_malformed);
  cells_check_.check(row, cells_);
  if (check_row_ != nullptr) (this->*check_row_)(cells_);
}

void TableCheck::malformed_row(Place place) {
  ++report_.rows;
  report_.looked_at(Rule::row_malformed);
  report_.add(Rule::row_malformed, file_, place);
}

void TableCheck::finish() {
  report_.index_bytes = std::max(report_.index_bytes, memory());
  finish_bills();
  finish_ages();
}

// Helpers

bool TableCheck::is_absent(std::string_view table) const {
  return std::ranges::find(options_.absent, table) != options_.absent.end();
}

void TableCheck::found(Rule rule, const Cells& cells, std::string_view column) {
  report_.add(rule, file_, cells.place(column), column);
}

bool TableCheck::broken(Rule rule, bool condition, const Cells& cells, std::string_view column) {
  report_.looked_at(rule);
  if (condition) found(rule, cells, column);
  return condition;
}

std::uint32_t TableCheck::own_id(const Cells& cells, IdTable& ids) {
  const auto column = table_->columns[0].name;
  const auto id = cells.id(column);
  if (!id) return kNone;
  const auto [number, is_new] = ids.insert(*id);
  return broken(Rule::id_duplicate, !is_new, cells, column) ? kNone : number;
}

std::uint32_t TableCheck::refer(const Cells& cells, std::string_view column, std::string_view table,
                                IdTable& ids) {
  const auto id = cells.id(column);
  if (!id) return kNone;
  // without their file, what is referred to still gets a number, so that it can be compared
  if (is_absent(table)) return ids.insert(*id).first;
  const auto number = ids.find(*id);
  broken(Rule::reference_missing, number == kNone, cells, column);
  return number;
}

const TableCheck::PatientRow* TableCheck::patient_row(std::uint32_t number) const {
  return number < patient_rows_.size() ? &patient_rows_[number] : nullptr;
}

std::uint64_t TableCheck::memory() const {
  std::uint64_t bytes = 0;
  for (const auto* ids : {&facilities_, &providers_, &patients_, &encounters_, &diagnoses_,
                          &procedures_, &medications_, &charges_, &bills_}) {
    bytes += ids->bytes();
  }
  for (const auto* keys : {&npis_, &facility_aliases_, &provider_aliases_, &codes_}) {
    bytes += keys->bytes();
  }
  return bytes + patient_rows_.size() * sizeof(PatientRow) +
         encounter_rows_.size() * sizeof(EncounterRow) +
         (procedure_rows_.size() + medication_rows_.size()) * sizeof(SourceRow) +
         bill_rows_.size() * sizeof(BillRow);
}

// Facilities, providers, patients

void TableCheck::check_alias_and_npi(const Cells& cells, KeySet& aliases) {
  if (const auto npi = cells.text("npi"); !npi.empty()) {
    broken(Rule::npi_duplicate, !npis_.insert(digits_as_key(npi)), cells, "npi");
  }
  if (const auto alias = cells.text("alias"); !alias.empty()) {
    broken(Rule::alias_duplicate, !aliases.insert(digits_as_key(alias)), cells, "alias");
  }
}

void TableCheck::facility(const Cells& cells) {
  own_id(cells, facilities_);
  check_alias_and_npi(cells, facility_aliases_);
}

void TableCheck::provider(const Cells& cells) {
  own_id(cells, providers_);
  check_alias_and_npi(cells, provider_aliases_);
  refer(cells, "facility_id", "facilities", facilities_);
}

void TableCheck::patient(const Cells& cells) {
  PatientRow row;
  row.birth_year = static_cast<std::int16_t>(cells.integer("birth_year").value_or(0));
  row.deceased_year = static_cast<std::int16_t>(cells.integer("deceased_year").value_or(0));
  row.line = static_cast<std::uint32_t>(cells.place("birth_year").line) & 0x7FFFFFFFU;
  if (row.birth_year != 0 && row.deceased_year != 0 &&
      broken(Rule::death_before_birth, row.deceased_year < row.birth_year, cells,
             "deceased_year")) {
    row.deceased_year = 0;
  }
  if (own_id(cells, patients_) != kNone) patient_rows_.push_back(row);
}

void TableCheck::finish_ages() {
  if (patient_rows_.empty()) return;
  int year = options_.present_year;
  if (latest_admission_year_ != 0) year = std::min(year, latest_admission_year_);
  year = options_.reference_year.value_or(year);
  report_.reference_year = year;
  std::size_t file = 0;
  for (std::uint32_t i = 0; i < patient_rows_.size(); ++i) {
    while (file + 1 < patient_files_.size() && i >= patient_files_[file + 1].first) ++file;
    const auto& row = patient_rows_[i];
    if (row.birth_year == 0) continue;
    report_.looked_at(Rule::age_90);
    if (row.birth_year >= year - kOldestAge) continue;
    report_.add(Rule::age_90, patient_files_[file].file, {row.line, 1}, "birth_year");
  }
}

// Encounters

void TableCheck::encounter(const Cells& cells) {
  EncounterRow row;
  row.patient = refer(cells, "patient_id", "patients", patients_);
  refer(cells, "provider_id", "providers", providers_);
  refer(cells, "facility_id", "facilities", facilities_);
  row.has_class = !cells.text("class").empty();
  row.inpatient = cells.text("class") == "inpatient";
  row.open = cells.in_file("discharged_at") && !cells.written("discharged_at");

  const auto admitted = cells.time("admitted_at");
  const auto discharged = cells.time("discharged_at");
  if (admitted) {
    row.has_admission = true;
    row.admitted_ms = admitted->value;
    latest_admission_year_ = std::max(latest_admission_year_, year_of(*admitted));
  }
  if (admitted && discharged &&
      !broken(Rule::discharge_before_admission, *discharged < *admitted, cells, "discharged_at")) {
    // 136 years fit; a longer stay has no end that matters
    const auto seconds = (discharged->value - admitted->value) / 1000;
    row.stay_s = static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, kNone - 1));
  }
  if (cells.in_file("discharged_at") && cells.in_file("disposition")) {
    broken(Rule::discharge_incomplete,
           cells.written("discharged_at") != cells.written("disposition"), cells, "disposition");
  }
  if (const auto* patient = patient_row(row.patient); patient != nullptr) {
    if (admitted) check_own_time(*patient, *admitted, cells, "admitted_at");
    if (admitted && discharged && row.stay_s != kNone &&
        year_of(*discharged) != year_of(*admitted)) {
      check_own_time(*patient, *discharged, cells, "discharged_at");
    }
    auto& one = patient_rows_[row.patient];
    const bool open_stay = row.inpatient && row.open;
    broken(Rule::inpatient_twice, open_stay && one.open_inpatient != 0, cells, "patient_id");
    if (open_stay) one.open_inpatient = 1;
  }
  if (own_id(cells, encounters_) != kNone) encounter_rows_.push_back(row);
}

void TableCheck::check_own_time(const PatientRow& patient, UtcMillis time, const Cells& cells,
                                std::string_view column) {
  const int year = year_of(time);
  if (patient.birth_year != 0) {
    broken(Rule::before_birth, year < patient.birth_year, cells, column);
  }
  if (patient.deceased_year != 0) {
    broken(Rule::after_death, year > patient.deceased_year, cells, column);
  }
}

}  // namespace pim::data::privacy
