// Column headers that name a direct identifier of a person (HIPAA Safe Harbor's list, in English
// and Spanish). A backstop behind the closed set of fields: it catches a slip in a mapping.
#pragma once

#include <string_view>

namespace pim::data {

bool looks_like_identifier(std::string_view header);

}  // namespace pim::data
