#include "data/mockaroo/strftime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "data/date_parts.h"
#include "domain/calendar.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::string_view kDirectives = "YymdeHIklMSLpPbBaAjsZzFTDR%";

// Those that stand for several others.
std::string_view expanded(char directive) {
  switch (directive) {
    case 'F':
      return "%Y-%m-%d";
    case 'T':
      return "%H:%M:%S";
    case 'D':
      return "%m/%d/%y";
    case 'R':
      return "%H:%M";
    default:
      return {};
  }
}

std::string padded(std::int64_t number, std::size_t width, char with, bool bare) {
  std::string text = std::to_string(number);
  if (!bare && text.size() < width) text.insert(0, width - text.size(), with);
  return text;
}

std::chrono::sys_days day_of(UtcMillis time) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{time.value}});
}
std::size_t weekday_of(UtcMillis time) {  // 0 is Sunday
  return std::chrono::weekday{day_of(time)}.c_encoding();
}
std::int64_t day_of_year(UtcMillis time) {  // from 1
  return (day_of(time) - day_of(start_of_year(year_of(time)))).count() + 1;
}
int last_day_of(int year, int month) {
  const auto last = std::chrono::year{year} / month / std::chrono::last;
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

int hour12(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

void append(std::string& out, char directive, bool bare, const CivilTime& at, UtcMillis time) {
  switch (directive) {
    case 'Y':
      out += padded(at.year, 4, '0', bare);
      break;
    case 'y':
      out += padded(at.year % 100, 2, '0', bare);
      break;
    case 'm':
      out += padded(at.month, 2, '0', bare);
      break;
    case 'd':
      out += padded(at.day, 2, '0', bare);
      break;
    case 'e':
      out += padded(at.day, 2, ' ', bare);
      break;
    case 'H':
      out += padded(at.hour, 2, '0', bare);
      break;
    case 'k':
      out += padded(at.hour, 2, ' ', bare);
      break;
    case 'I':
      out += padded(hour12(at.hour), 2, '0', bare);
      break;
    case 'l':
      out += padded(hour12(at.hour), 2, ' ', bare);
      break;
    case 'M':
      out += padded(at.minute, 2, '0', bare);
      break;
    case 'S':
      out += padded(at.second, 2, '0', bare);
      break;
    case 'L':
      out += padded(at.millis, 3, '0', bare);
      break;
    case 'p':
      out += at.hour < 12 ? "AM" : "PM";
      break;
    case 'P':
      out += at.hour < 12 ? "am" : "pm";
      break;
    case 'b':
      out += kMonths[static_cast<std::size_t>(at.month - 1)].substr(0, 3);
      break;
    case 'B':
      out += kMonths[static_cast<std::size_t>(at.month - 1)];
      break;
    case 'a':
      out += kDays[weekday_of(time)].substr(0, 3);
      break;
    case 'A':
      out += kDays[weekday_of(time)];
      break;
    case 'j':
      out += padded(day_of_year(time), 3, '0', bare);
      break;
    case 's':
      out += std::to_string(
          std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds{time.value}).count());
      break;
    case 'Z':
      out += "UTC";
      break;
    case 'z':
      out += "+0000";
      break;
    default:
      out += '%';
  }
}

struct ParsedTime : CivilTime {
  std::optional<bool> afternoon;
};

bool take_name(std::string_view& text, std::span<const std::string_view> names, int& number) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto length : {names[i].size(), std::size_t{3}}) {
      const auto name = names[i].substr(0, length);
      if (text.size() < name.size() || !std::equal(name.begin(), name.end(), text.begin(), same)) {
        continue;
      }
      text.remove_prefix(name.size());
      number = static_cast<int>(i) + 1;
      return true;
    }
  }
  return false;
}

bool take_number(char directive, std::string_view& text, ParsedTime& into) {
  if (directive == 'e' || directive == 'k' || directive == 'l') {
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  const std::size_t most = directive == 'Y' ? 4 : directive == 'L' ? 3 : 2;
  const auto number = take_digits(text, 1, most);
  if (!number) return false;
  switch (directive) {
    case 'Y':
      into.year = *number;
      return true;
    case 'y':
      into.year = *number + (*number < 69 ? 2000 : 1900);
      return true;
    case 'm':
      into.month = *number;
      return true;
    case 'd':
    case 'e':
      into.day = *number;
      return true;
    case 'H':
    case 'k':
    case 'I':
    case 'l':
      into.hour = *number;
      return true;
    case 'M':
      into.minute = *number;
      return true;
    case 'S':
      into.second = *number;
      return true;
    case 'L':
      into.millis = *number;
      return true;
    default:
      return false;
  }
}

bool take(char directive, std::string_view& text, ParsedTime& into) {
  int ignored = 0;
  switch (directive) {
    case 'b':
    case 'B':
      return take_name(text, kMonths, into.month);
    case 'a':
    case 'A':
      return take_name(text, kDays, ignored);
    case 'p':
    case 'P':
      into.afternoon = take_half_of_day(text);
      return into.afternoon.has_value();
    case 'Z':
      if (!text.starts_with("UTC")) return false;
      text.remove_prefix(3);
      return true;
    case 'z':
      if (!text.starts_with("+0000")) return false;
      text.remove_prefix(5);
      return true;
    case '%':
      if (!text.starts_with('%')) return false;
      text.remove_prefix(1);
      return true;
    default:
      return take_number(directive, text, into);
  }
}

bool parse_into(std::string_view format, std::string_view& text, ParsedTime& into) {
  while (!format.empty()) {
    if (format[0] != '%' || format.size() < 2) {
      if (text.empty() || text[0] != format[0]) return false;
      text.remove_prefix(1);
      format.remove_prefix(1);
      continue;
    }
    format.remove_prefix(1);
    if (format[0] == '-' && format.size() > 1) format.remove_prefix(1);
    const char directive = format[0];
    format.remove_prefix(1);
    const auto several = expanded(directive);
    const bool taken =
        several.empty() ? take(directive, text, into) : parse_into(several, text, into);
    if (!taken) return false;
  }
  return true;
}

bool in_years(std::int64_t millis) {
  constexpr std::int64_t kFirst = -62'135'596'800'000;  // 0001-01-01
  constexpr std::int64_t kEnd = 253'402'300'800'000;    // 10000-01-01
  return millis >= kFirst && millis < kEnd;
}

}  // namespace

std::optional<std::string> unknown_directive(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const std::size_t start = i++;
    if (i < format.size() && format[i] == '-') ++i;
    if (i >= format.size() || kDirectives.find(format[i]) == kDirectives.npos) {
      return std::string(format.substr(start, i - start + 1));
    }
  }
  return std::nullopt;
}

std::string format_time(std::string_view format, std::int64_t unix_millis) {
  const UtcMillis time{unix_millis};
  const CivilTime at = civil_time(time);
  std::string out;
  while (!format.empty()) {
    if (format[0] != '%' || format.size() < 2) {
      out += format[0];
      format.remove_prefix(1);
      continue;
    }
    const bool bare = format[1] == '-' && format.size() > 2;
    const char directive = format[bare ? 2 : 1];
    const std::size_t length = bare ? 3 : 2;
    const auto several = expanded(directive);
    if (!several.empty()) {
      out += format_time(several, unix_millis);
    } else if (kDirectives.find(directive) != kDirectives.npos) {
      append(out, directive, bare, at, time);
    } else {
      out += format.substr(0, length);
    }
    format.remove_prefix(length);
  }
  return out;
}

std::optional<std::int64_t> parse_time(std::string_view format, std::string_view text) {
  ParsedTime parsed;
  if (!parse_into(format, text, parsed) || !text.empty()) return std::nullopt;
  if (parsed.afternoon) {
    const auto hour = hour_of_twelve(parsed.hour, *parsed.afternoon);
    if (!hour) return std::nullopt;
    parsed.hour = *hour;
  }
  const auto instant = instant_of(parsed);
  if (!instant || parsed.year < 1) return std::nullopt;
  return instant->value;
}

std::optional<std::int64_t> add_millis(std::int64_t unix_millis, std::int64_t millis) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(unix_millis, millis, &sum) || !in_years(sum)) return std::nullopt;
  return sum;
}

std::optional<std::int64_t> add_months(std::int64_t unix_millis, std::int64_t months) {
  constexpr std::int64_t kMost = 12 * 10'000;
  if (months < -kMost || months > kMost || !in_years(unix_millis)) return std::nullopt;
  CivilTime at = civil_time(UtcMillis{unix_millis});
  const std::int64_t count = at.year * std::int64_t{12} + (at.month - 1) + months;
  if (count < 12 || count >= kMost) return std::nullopt;
  at.year = static_cast<int>(count / 12);
  at.month = static_cast<int>(count % 12) + 1;
  at.day = std::min(at.day, last_day_of(at.year, at.month));
  const auto moved = instant_of(at);
  if (!moved) return std::nullopt;
  return moved->value;
}

}  // namespace pim::data::mockaroo
