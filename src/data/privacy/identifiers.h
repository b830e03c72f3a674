// What must not come in with foreign data (HIPAA Safe Harbor's list): columns whose header names a
// direct identifier, and values that look like one. A backstop behind the closed set of fields: it
// catches a slip in a mapping.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pim::data::privacy {

// In English, Spanish, Portuguese, French, German and Italian.
bool looks_like_identifier(std::string_view header);

// What a value looks like, for a message ("an e-mail address"); empty: nothing that is known. The
// text rules by form alone, without those that would find what an import reads: dates, amounts,
// codes of the domain and NPIs are no hits. Allocates only where it finds something.
std::string_view identifier_kind(std::string_view value);

// Whether a line of names is rather one of values: of a file without a header, whose first row is
// somebody's. It must not be shown.
bool looks_like_values(std::span<const std::string> header);
inline constexpr std::string_view kValuesForNames =
    "its names of columns look like values, and are not shown: if the file has no header line, "
    "name its columns in the mapping, columns = [...]";

}  // namespace pim::data::privacy
