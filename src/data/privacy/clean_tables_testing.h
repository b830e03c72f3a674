// Eight tables in which nothing is wrong, of any size, the same each time: the ground on which
// violations are planted, and what must give no false alarm.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/tables.h"

namespace pim::data::privacy {

using TextRow = std::vector<std::string>;

inline constexpr std::uint64_t kRowsAPatient = 17;

// Calls take() for each row, table by table in the order of all_tables(), columns in theirs: one
// facility and one provider for every hundred patients (at least two), then kRowsAPatient rows
// each.
void make_clean_rows(std::uint64_t patients,
                     const std::function<void(const Table& table, const TextRow& row)>& take);

// The same as files, to be spoilt in memory first.
class CleanTables {
 public:
  explicit CleanTables(std::uint64_t patients = 6);

  std::vector<TextRow>& rows(std::string_view table) { return rows_.at(std::string(table)); }
  TextRow& header(std::string_view table) { return headers_.at(std::string(table)); }
  // Row numbers count from 0.
  std::string& cell(std::string_view table, std::size_t row, std::string_view column);
  // The first row from `from` on in whose column this stands; fails the test where there is none.
  std::size_t row_with(std::string_view table, std::string_view column, std::string_view text,
                       std::size_t from = 0);

  // CSV files and a manifest.json, into a directory that is made, or emptied first.
  void write(const std::string& directory) const;
  static void write_manifest(const std::string& directory);

 private:
  std::map<std::string, TextRow, std::less<>> headers_;
  std::map<std::string, std::vector<TextRow>, std::less<>> rows_;
};

}  // namespace pim::data::privacy
