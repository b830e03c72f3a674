// A text read as a file of some format, into lines that compare well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/row_source.h"

namespace pim::data {

struct RowsRead {
  std::string problem;  // of opening: "2:5 message"; empty: it opened
  std::vector<std::string> columns;
  std::vector<std::string> rows;  // "a|b|c", or "2:5 message" of one that is broken
  std::string note;
};

RowsRead read_rows(const std::string& text, FileFormat format,
                   const RowSourceOptions& options = {});

}  // namespace pim::data
