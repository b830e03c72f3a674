// What holds of every file that opens: its rows come to an end, each has a text a column, and a
// second pass reads the same.
#pragma once

#include <simdjson.h>

#include <sstream>
#include <string>
#include <vector>

#include "data/row_source.h"
#include "fuzz.h"

namespace pim::fuzz {

// A line for each row or error, so that two passes compare.
inline std::vector<std::string> read_pass(data::RowSource& rows, std::size_t bytes) {
  std::vector<std::string> lines;
  data::CsvRow row;
  while (true) {
    require(lines.size() <= bytes + 2, "a file has no more rows than bytes");
    const auto more = rows.next(row);
    if (more.ok() && !*more) break;
    std::string& line = lines.emplace_back();
    if (!more) {
      require(!more.error().message.empty(), "an error says what is wrong");
      line = more.error().message;
      continue;
    }
    require(row.size() == rows.columns().size(), "a row has a text a column");
    for (const auto& cell : row) {
      require(simdjson::validate_utf8(cell.text), "a text is UTF-8");
      require(cell.place.line >= 1 && cell.place.column >= 1, "places count from 1");
      line += cell.text + '\0';
    }
  }
  require(rows.bytes_read() <= bytes, "no more is read than there is");
  return lines;
}

inline void check_rows(const std::string& text, data::FileFormat format,
                       const data::RowSourceOptions& options = {}) {
  const auto rows = data::open_rows(std::make_unique<std::istringstream>(text), format, options);
  if (!rows) {
    require(!rows.error().message.empty(), "an error says what is wrong");
    return;
  }
  require(!(*rows)->columns().empty(), "what opens has columns");
  const auto first = read_pass(**rows, text.size());
  (*rows)->rewind();
  require(read_pass(**rows, text.size()) == first, "a second pass reads the same");
}

}  // namespace pim::fuzz
