// Rows as CSV, JSON Lines or SQL. A writer is a sink of histories.h; its texts are in the order of
// all_tables(). Columns stand in the order of the closed list: a test holds both together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "data/generate/rows.h"
#include "data/generate/text.h"

namespace pim::data::generate {

// In the order of all_tables().
enum class TableIndex : std::uint8_t {
  facilities,
  providers,
  patients,
  encounters,
  diagnoses,
  procedures,
  medications,
  billing,
};
inline constexpr std::size_t kTableCount = 8;

enum class FileKind : std::uint8_t { csv, jsonl, sql };

// A block's rows, by table.
struct Texts {
  std::array<Text, kTableCount> of;
  std::array<std::uint64_t, kTableCount> rows{};

  void clear() {
    for (auto& text : of) text.clear();
    rows = {};
  }
  std::size_t size() const {
    std::size_t sum = 0;
    for (const auto& text : of) sum += text.size();
    return sum;
  }
};

// What stands before the first row of a table's file.
std::string head_of(FileKind kind, TableIndex table);

// The ends of a row and of its cells, for each kind of file.
class CsvCells {
 public:
  void begin(Text&, TableIndex) {}
  void before(Text&) {}
  void after(Text& out) { out.put(','); }
  void quote(Text&) {}
  void blank(Text&) {}
  void truth(Text& out, const Word& value) { out.put(value); }
  void end(Text& out) { out.turn_last_into('\n'); }
  void finish(Texts&) {}
};

class JsonCells {
 public:
  JsonCells();
  void begin(Text& out, TableIndex table) {
    at_ = keys_[static_cast<std::size_t>(table)].data();
    out.put('{');
  }
  void before(Text& out) { out.put(*at_++); }  // "name":
  void after(Text& out) { out.put(','); }
  void quote(Text& out) { out.put('"'); }
  void blank(Text& out) { out.put(kNull); }
  void truth(Text& out, const Word& value) { out.put(value); }
  void end(Text& out) {
    out.turn_last_into('}');
    out.put('\n');
  }
  void finish(Texts&) {}

 private:
  static constexpr Word kNull{"null"};
  std::array<std::vector<Word>, kTableCount> keys_;
  const Word* at_ = nullptr;
};

class SqlCells {
 public:
  static constexpr std::uint32_t kRowsAStatement = 500;  // SQL Server takes 1,000 at most
  SqlCells();
  void begin(Text& out, TableIndex table);
  void before(Text&) {}
  void after(Text& out) { out.put(','); }
  void quote(Text& out) { out.put('\''); }
  void blank(Text& out) { out.put(kNull); }
  // As a text: not every engine has a BOOLEAN.
  void truth(Text& out, const Word& value) {
    out.put('\'');
    out.put(value);
    out.put('\'');
  }
  void end(Text& out) { out.turn_last_into(')'); }
  // Ends the open statements: a block stands for itself.
  void finish(Texts& texts);

 private:
  static constexpr Word kNull{"NULL"};
  std::array<std::string, kTableCount> inserts_;
  std::array<std::uint32_t, kTableCount> open_{};  // rows in the statement
};

template <class Cells>
class RowWriter {
 public:
  explicit RowWriter(Texts& texts) : texts_(texts) {}

  void on_facility(const FacilityRow& row) {
    Text& out = begin(TableIndex::facilities);
    id(out, row.facility_id);
    digits(out, row.npi);
    alias(out, kFacilityPrefix, row.alias);
    word(out, kFacilityKinds[static_cast<std::size_t>(row.kind)]);
    word(out, row.state);
    word(out, row.zip3);
    number(out, row.beds);
    cells_.end(out);
  }
  void on_provider(const ProviderRow& row) {
    Text& out = begin(TableIndex::providers);
    id(out, row.provider_id);
    digits(out, row.npi);
    alias(out, kProviderPrefix, row.alias);
    word(out, kSpecialties[static_cast<std::size_t>(row.specialty)]);
    id(out, row.facility_id);
    cells_.end(out);
  }
  void on_patient(const PatientRow& row) {
    Text& out = begin(TableIndex::patients);
    id(out, row.patient_id);
    number(out, row.birth_year);
    word(out, kSexes[static_cast<std::size_t>(row.sex)]);
    word(out, row.state);
    word(out, row.zip3);
    row.deceased_year != 0 ? number(out, row.deceased_year) : blank(out);
    cells_.end(out);
  }
  void on_encounter(const EncounterRow& row) {
    Text& out = begin(TableIndex::encounters);
    id(out, row.encounter_id);
    id(out, *row.patient_id);
    id(out, row.provider_id);
    id(out, row.facility_id);
    word(out, kClassNames[static_cast<std::size_t>(row.encounter_class)]);
    word(out, row.pos);
    time(out, row.admitted_at);
    if (row.discharged_at != 0) {
      time(out, row.discharged_at);
      word(out, kDispositions[static_cast<std::size_t>(row.disposition)]);
    } else {
      blank(out);
      blank(out);
    }
    cells_.end(out);
  }
  void on_diagnosis(const DiagnosisRow& row) {
    Text& out = begin(TableIndex::diagnoses);
    id(out, row.diagnosis_id);
    id(out, *row.patient_id);
    id(out, row.encounter->encounter_id);
    word(out, *row.icd10cm);
    number(out, row.rank);
    truth(out, row.present_on_admission);
    time(out, row.recorded_at);
    cells_.end(out);
  }
  void on_procedure(const ProcedureRow& row) {
    Text& out = begin(TableIndex::procedures);
    id(out, row.procedure_id);
    id(out, *row.patient_id);
    id(out, row.encounter->encounter_id);
    id(out, row.encounter->provider_id);
    word(out, kSystems[static_cast<std::size_t>(row.system)]);
    word(out, *row.code);
    time(out, row.performed_at);
    number(out, row.quantity);
    cells_.end(out);
  }
  void on_medication(const MedicationRow& row) {
    Text& out = begin(TableIndex::medications);
    id(out, row.medication_id);
    id(out, *row.patient_id);
    id(out, row.encounter->encounter_id);
    id(out, row.encounter->provider_id);
    word(out, *row.rxcui);
    row.ndc11->size > 0 ? word(out, *row.ndc11) : blank(out);
    word(out, *row.dose);
    word(out, kUnits[static_cast<std::size_t>(row.unit)]);
    word(out, kRoutes[static_cast<std::size_t>(row.route)]);
    time(out, row.start);
    row.stop != 0 ? time(out, row.stop) : blank(out);
    cells_.end(out);
  }
  void on_charge(const ChargeRow& row) {
    Text& out = begin(TableIndex::billing);
    id(out, row.charge_id);
    id(out, *row.bill_id);
    id(out, *row.patient_id);
    id(out, row.encounter->encounter_id);
    number(out, row.line_no);
    word(out, kSourceKinds[static_cast<std::size_t>(row.source_kind)]);
    id(out, *row.source_id);
    word(out, kCategories[static_cast<std::size_t>(row.category)]);
    number(out, row.qty);
    number(out, row.unit_cents);
    number(out, row.unit_cents * row.qty);
    word(out, row.final ? kFinal : kOpen);
    cells_.end(out);
  }
  void on_encounter_end(const EncounterRow&, bool) {}
  void on_patient_end(const PatientRow&) {}
  // After the last row of a block.
  void finish() { cells_.finish(texts_); }

 private:
  template <class Enum>
  static constexpr auto words_of() {
    std::array<Word, enum_names<Enum>.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = Word(enum_names<Enum>[i]);
    return words;
  }
  static constexpr auto kFacilityKinds = words_of<FacilityKind>();
  static constexpr auto kSpecialties = words_of<Specialty>();
  static constexpr auto kSexes = words_of<Sex>();
  static constexpr auto kClassNames = words_of<EncounterClass>();
  static constexpr auto kDispositions = words_of<Disposition>();
  static constexpr auto kSystems = words_of<ProcedureSystem>();
  static constexpr auto kUnits = words_of<DoseUnit>();
  static constexpr auto kRoutes = words_of<Route>();
  static constexpr auto kSourceKinds = words_of<SourceKind>();
  static constexpr auto kCategories = words_of<ChargeCategory>();
  static constexpr Word kTrue{"true"};
  static constexpr Word kFalse{"false"};
  static constexpr Word kOpen{"open"};
  static constexpr Word kFinal{"final"};
  static constexpr Word kFacilityPrefix{"FAC-"};
  static constexpr Word kProviderPrefix{"PRV-"};

  Text& begin(TableIndex table) {
    const auto at = static_cast<std::size_t>(table);
    Text& out = texts_.of[at];
    ++texts_.rows[at];
    out.make_room();
    cells_.begin(out, table);
    return out;
  }
  template <class Value>
  void quoted(Text& out, const Value& value) {
    cells_.before(out);
    cells_.quote(out);
    out.put(value);
    cells_.quote(out);
    cells_.after(out);
  }
  void id(Text& out, const IdText& value) { quoted(out, value); }
  void word(Text& out, const Word& value) { quoted(out, value); }
  void digits(Text& out, std::uint64_t value) { quoted(out, value); }  // a code, not a number
  void number(Text& out, std::uint64_t value) {
    cells_.before(out);
    out.put(value);
    cells_.after(out);
  }
  void truth(Text& out, bool value) {
    cells_.before(out);
    cells_.truth(out, value ? kTrue : kFalse);
    cells_.after(out);
  }
  void alias(Text& out, const Word& prefix, std::uint32_t value) {
    cells_.before(out);
    cells_.quote(out);
    out.put(prefix);
    out.put_six_digits(value);
    cells_.quote(out);
    cells_.after(out);
  }
  void time(Text& out, std::int64_t value) {
    cells_.before(out);
    cells_.quote(out);
    out.put_time(value);
    cells_.quote(out);
    cells_.after(out);
  }
  void blank(Text& out) {
    cells_.before(out);
    cells_.blank(out);
    cells_.after(out);
  }

  Texts& texts_;
  Cells cells_;
};

}  // namespace pim::data::generate
