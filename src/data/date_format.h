// Dates and times as data files hold them, by a format of its own letters:
//   YYYY  MM M MMM (Jan)  DD D  HH H (0-23)  hh h (1-12)  mm  ss  SSS (a fraction of a second)
//   A (AM or PM)  ZZ (Z, +02:00 or -0500)
// or of X alone, seconds since 1970, or of x alone, milliseconds.
// Everything else stands for itself. A time without a zone is UTC.
#pragma once

#include <optional>
#include <string_view>

#include "domain/ids.h"

namespace pim::data {

// Whether the format is complete: a year, a month and a day, and A with a 12-hour clock only.
bool is_date_format(std::string_view format);

// nullopt where `text` is not in that form, or is no date of the calendar. Years 1900 to 2199.
std::optional<UtcMillis> parse_date(std::string_view format, std::string_view text);

}  // namespace pim::data
