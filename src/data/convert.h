// A cell's text into the text of a field: what `values` and `as` in a mapping do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/mapping.h"
#include "domain/result.h"

namespace pim::data {

struct ConversionError {
  std::string reason;
};

// `text` is not blank. Integers and booleans stay text here; the JSON writer checks them.
Result<std::string, ConversionError> convert(const FieldRule& rule, int reference_year,
                                             std::string_view text);

}  // namespace pim::data
