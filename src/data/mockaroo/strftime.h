// Ruby's strftime formats, as Mockaroo's Datetime and Time columns and date formulas use them.
// Times are UTC. Also `%-m`: the number without its leading zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim::data::mockaroo {

// The first directive that is not known here ("%Q"); nullopt where all are.
std::optional<std::string> unknown_directive(std::string_view format);

// Unknown directives are written as they stand.
std::string format_time(std::string_view format, std::int64_t unix_millis);

// nullopt where the text is not in that form, or no date of the calendar. What the format leaves
// out is the first: of January, midnight. Years 1 to 9999.
std::optional<std::int64_t> parse_time(std::string_view format, std::string_view text);

// Calendar arithmetic, for formulas. nullopt beyond the years 1 to 9999. A day that the month does
// not have becomes its last, as Ruby does.
std::optional<std::int64_t> add_months(std::int64_t unix_millis, std::int64_t months);
std::optional<std::int64_t> add_millis(std::int64_t unix_millis, std::int64_t millis);

}  // namespace pim::data::mockaroo
