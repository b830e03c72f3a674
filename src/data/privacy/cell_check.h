// The rules of one file's columns and cells: the closed list, each value's form, and the text
// rules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.h"
#include "data/privacy/report.h"
#include "data/privacy/text_check.h"
#include "data/tables.h"
#include "domain/ids.h"

namespace pim::data::privacy {

// The sound values of a row, by the names of its table's columns. What is missing or not of its
// form reads as absent: it was reported already.
class Cells {
 public:
  static constexpr std::size_t kMostColumns = 16;

  void begin(const Table& table);
  // What the file has in this column; `written` where that is not empty.
  void place(std::size_t column, Place place, bool written) {
    places_[column] = place;
    in_file_ |= 1U << column;
    if (written) written_ |= 1U << column;
  }
  void set(std::size_t column, std::string_view text) { texts_[column] = text; }

  std::string_view text(std::string_view column) const { return texts_[index(column)]; }
  Place place(std::string_view column) const { return places_[index(column)]; }
  bool in_file(std::string_view column) const { return (in_file_ >> index(column) & 1U) != 0; }
  bool written(std::string_view column) const { return (written_ >> index(column) & 1U) != 0; }
  std::optional<Uuid> id(std::string_view column) const;
  std::optional<UtcMillis> time(std::string_view column) const;
  std::optional<std::int64_t> integer(std::string_view column) const;

 private:
  std::size_t index(std::string_view column) const;  // of a column that the table has

  const Table* table_ = nullptr;
  std::array<std::string_view, kMostColumns> texts_{};
  std::array<Place, kMostColumns> places_{};
  std::uint32_t in_file_ = 0;  // a bit a column
  std::uint32_t written_ = 0;
};

class CellCheck {
 public:
  // All outlive the check.
  CellCheck(Report& report, TextCheck& texts) : report_(report), texts_(texts) {}

  // `table` null: none of the eight; then its texts are scanned, and no more.
  void begin(const std::string& file, const Table* table, const std::vector<std::string>& columns);
  // `cells` is good as long as `row`. Nothing is in it where there is no table.
  void check(const CsvRow& row, Cells& cells);

 private:
  void check_cell(const Column& column, std::size_t index, const CsvField& field, Cells& cells);

  Report& report_;
  TextCheck& texts_;
  std::string file_;
  const Table* table_ = nullptr;
  std::vector<const Column*> columns_;  // of the file's columns; null: not on the list
};

}  // namespace pim::data::privacy
