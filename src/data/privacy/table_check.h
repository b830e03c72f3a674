// The rules that span rows and tables: ids, references, order in time, sums. One pass over each
// file; memory is the ids of all tables but the diagnoses, whose are forgotten once they are read.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/privacy/cell_check.h"
#include "data/privacy/id_table.h"
#include "data/privacy/report.h"
#include "data/tables.h"

namespace pim::data::privacy {

struct TableCheckOptions {
  // The year in which ages are counted. Else that of the latest admission, but no later than
  // `present_year`; where no encounter was read, `present_year` itself.
  std::optional<int> reference_year = {};
  int present_year = 0;
  // Tables of which no file is there: what refers to them is not looked up.
  std::vector<std::string_view> absent = {};
};

// Files in the order of all_tables(), several of one table one after another. Not thread-safe.
class TableCheck {
 public:
  TableCheck(Report& report, TextCheck& texts, TableCheckOptions options);

  void begin_file(const std::string& file, const Table* table,
                  const std::vector<std::string>& columns);
  void row(const CsvRow& row);
  void malformed_row(Place place);
  // What can be said only at the end: bills, ages.
  void finish();

 private:
  static constexpr std::uint32_t kNone = IdTable::kNone;

  struct PatientRow {
    std::int16_t birth_year = 0;     // 0: not known
    std::int16_t deceased_year = 0;  // 0: alive, or not known
    std::uint32_t line : 31 = 0;
    std::uint32_t open_inpatient : 1 = 0;
  };
  struct EncounterRow {
    std::int64_t admitted_ms = 0;
    std::uint32_t stay_s = kNone;  // kNone: not discharged
    std::uint32_t patient = kNone;
    std::uint32_t bill = kNone;
    bool has_admission : 1 = false;
    bool has_class : 1 = false;
    bool inpatient : 1 = false;
    bool open : 1 = false;  // no discharge is written
    bool rank_one : 1 = false;
    bool billed : 1 = false;  // the visit itself
  };
  // A procedure or a medication.
  struct SourceRow {
    std::uint32_t encounter : 31 = 0;
    std::uint32_t billed : 1 = 0;
  };
  struct BillRow {
    std::uint32_t encounter = kNone;
    std::uint32_t lines = 0;
    std::uint32_t last_line = 0;
    std::uint32_t file = 0;
    std::uint64_t line = 0;      // of the file: the bill's first row
    std::uint64_t line_sum = 0;  // of scattered line numbers: tells gaps and repetitions
    bool has_status : 1 = false;
    bool final : 1 = false;
    bool unsound : 1 = false;  // a line number could not be read: it was reported
  };
  // Where the rows of one file begin in a table.
  struct FileStart {
    std::string file;
    std::uint32_t first = 0;
  };
  // The encounter of a child's row; null where it is not known.
  struct Parent {
    std::uint32_t number = kNone;
    EncounterRow* encounter = nullptr;
  };

  bool is_absent(std::string_view table) const;
  void found(Rule rule, const Cells& cells, std::string_view column);
  // Whether the condition is broken; counts the look.
  bool broken(Rule rule, bool condition, const Cells& cells, std::string_view column);

  // The number of the row's own id; kNone where it is not sound or not new.
  std::uint32_t own_id(const Cells& cells, IdTable& ids);
  std::uint32_t refer(const Cells& cells, std::string_view column, std::string_view table,
                      IdTable& ids);
  Parent parent_of(const Cells& cells);
  void check_own_time(const PatientRow& patient, UtcMillis time, const Cells& cells,
                      std::string_view column);
  void check_within(const Parent& parent, const Cells& cells, std::string_view column);
  void check_alias_and_npi(const Cells& cells, KeySet& aliases);
  const PatientRow* patient_row(std::uint32_t number) const;
  std::uint64_t memory() const;

  void facility(const Cells& cells);
  void provider(const Cells& cells);
  void patient(const Cells& cells);
  void encounter(const Cells& cells);
  void diagnosis(const Cells& cells);
  void procedure(const Cells& cells);
  void medication(const Cells& cells);
  void charge(const Cells& cells);
  void check_source(const Cells& cells, const Parent& parent);
  void check_bill(const Cells& cells, const Parent& parent);
  void finish_bills();
  void finish_ages();

  Report& report_;
  CellCheck cells_check_;
  TableCheckOptions options_;
  Cells cells_;

  std::string file_;
  const Table* table_ = nullptr;
  void (TableCheck::*check_row_)(const Cells&) = nullptr;

  IdTable facilities_;
  IdTable providers_;
  IdTable patients_;
  IdTable encounters_;
  IdTable diagnoses_;
  IdTable procedures_;
  IdTable medications_;
  IdTable charges_;
  IdTable bills_;
  std::deque<PatientRow> patient_rows_;
  std::deque<EncounterRow> encounter_rows_;
  std::deque<SourceRow> procedure_rows_;
  std::deque<SourceRow> medication_rows_;
  std::deque<BillRow> bill_rows_;
  std::vector<FileStart> patient_files_;
  std::vector<std::string> bill_files_;
  KeySet npis_;
  KeySet facility_aliases_;
  KeySet provider_aliases_;
  KeySet codes_;  // of diagnoses, each with its encounter
  int latest_admission_year_ = 0;
};

}  // namespace pim::data::privacy
