#include "data/rows_testing.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pim::data {
namespace {

std::string at(Place place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column) + " ";
}

std::vector<std::string> read_all_rows(RowSource& source) {
  constexpr std::size_t kEnough = 10'000;  // a reader that does not end must not hang the test
  std::vector<std::string> rows;
  CsvRow row;
  while (rows.size() < kEnough) {
    const auto more = source.next(row);
    if (more.ok() && !*more) return rows;
    if (!more) {
      rows.push_back(at(more.error().place) + more.error().message);
      continue;
    }
    EXPECT_EQ(row.size(), source.columns().size());
    std::string& line = rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : "|") + row[i].text;
  }
  ADD_FAILURE() << "no end after " << kEnough << " rows";
  return rows;
}

}  // namespace

RowsRead read_rows(const std::string& text, FileFormat format, const RowSourceOptions& options) {
  RowsRead read;
  const auto source = open_rows(std::make_unique<std::istringstream>(text), format, options);
  if (!source) {
    read.problem = at(source.error().place) + source.error().message;
    return read;
  }
  read.columns = (*source)->columns();
  read.rows = read_all_rows(**source);
  read.note = (*source)->note();
  (*source)->rewind();
  EXPECT_EQ(read_all_rows(**source), read.rows) << "a second pass reads the same";
  return read;
}

}  // namespace pim::data
