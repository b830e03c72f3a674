// A million clean rows give no false alarm.
#include <gtest/gtest.h>

#include "data/privacy/clean_tables_testing.h"
#include "data/privacy/table_check.h"

namespace pim::data::privacy {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kRows = 100'000;
#else
constexpr std::uint64_t kRows = 1'000'000;
#endif

TEST(MillionRows, GiveNoFalseAlarm) {
  Report report;
  TextCheck texts(report);
  TableCheck check(report, texts, {.reference_year = {}, .present_year = 2026, .absent = {}});
  const Table* open = nullptr;
  CsvRow cells;
  std::uint64_t line = 1;
  make_clean_rows(kRows / kRowsAPatient + 1, [&](const Table& table, const TextRow& row) {
    if (open != &table) {
      open = &table;
      std::vector<std::string> columns;
      for (const auto& column : table.columns) columns.emplace_back(column.name);
      check.begin_file(std::string(table.name), &table, columns);
    }
    cells.resize(row.size());
    ++line;
    for (std::size_t i = 0; i < row.size(); ++i) cells[i] = {row[i], {line, i + 1}};
    check.row(cells);
  });
  check.finish();
  texts.finish();
  EXPECT_TRUE(report.clean()) << to_text(report);
  EXPECT_GE(report.rows, kRows);
  RecordProperty("bytes_a_row", static_cast<int>(report.index_bytes / report.rows));
  EXPECT_LT(report.index_bytes / report.rows, 48U);
}

}  // namespace
}  // namespace pim::data::privacy
