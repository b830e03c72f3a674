// Which columns of a file a mapping means: by their names as they stand; else by their letters
// alone, without case, accents, spaces and punctuation, where only one column can be meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/mapping.h"
#include "domain/result.h"

namespace pim::data {

struct ColumnsMatched {
  // "column 'Date of Birth' is taken for 'date_of_birth'"
  std::vector<std::string> notes;
};

// Puts the file's own names in place of the mapping's, wherever the source's columns are named.
// The error says which name is not there, or may be one of several.
Result<ColumnsMatched, std::string> match_columns(Mapping& mapping, std::size_t source,
                                                  const std::vector<std::string>& columns);

// Every column that steps of the source take values from, once each.
std::vector<std::string> value_columns(const Mapping& mapping, std::size_t source);
// Likewise, the columns that only tell rows apart: keys, references, conditions. Their texts stay
// in memory.
std::vector<std::string> key_columns(const Mapping& mapping, std::size_t source);

}  // namespace pim::data
