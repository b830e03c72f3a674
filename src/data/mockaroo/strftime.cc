#include "data/mockaroo/strftime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

namespace pim::data::mockaroo {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::string_view kDirectives = "YymdeHIklMSLpPbBaAjsZzFTDR%";
constexpr std::int64_t kDayMillis = 86'400'000;

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

int hour12(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

void append(std::string& out, char directive, bool bare, const Civil& at, std::int64_t millis) {
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
      out += kDays[static_cast<std::size_t>(at.weekday)].substr(0, 3);
      break;
    case 'A':
      out += kDays[static_cast<std::size_t>(at.weekday)];
      break;
    case 'j':
      out += padded(at.yearday, 3, '0', bare);
      break;
    case 's':
      out += std::to_string(millis >= 0 ? millis / 1000 : (millis - 999) / 1000);
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

struct ParsedTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
  std::optional<bool> afternoon;
};

std::optional<int> take_digits(std::string_view& text, std::size_t most) {
  int value = 0;
  std::size_t taken = 0;
  while (taken < most && !text.empty() && text[0] >= '0' && text[0] <= '9') {
    value = value * 10 + (text[0] - '0');
    text.remove_prefix(1);
    ++taken;
  }
  if (taken == 0) return std::nullopt;
  return value;
}

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

bool take_half(std::string_view& text, ParsedTime& into) {
  if (text.size() < 2 || (text[1] | 0x20) != 'm') return false;
  const char half = static_cast<char>(text[0] | 0x20);
  if (half != 'a' && half != 'p') return false;
  into.afternoon = half == 'p';
  text.remove_prefix(2);
  return true;
}

bool take_number(char directive, std::string_view& text, ParsedTime& into) {
  if (directive == 'e' || directive == 'k' || directive == 'l') {
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  const std::size_t most = directive == 'Y' ? 4 : directive == 'L' ? 3 : 2;
  const auto number = take_digits(text, most);
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
      return take_half(text, into);
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

std::optional<std::int64_t> instant(const ParsedTime& at) {
  using namespace std::chrono;
  const year_month_day date{year(at.year), month(static_cast<unsigned>(at.month)),
                            day(static_cast<unsigned>(at.day))};
  int hour = at.hour;
  if (at.afternoon) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (*at.afternoon ? 12 : 0);
  }
  if (!date.ok() || at.year < 1 || hour > 23 || at.minute > 59 || at.second > 59) {
    return std::nullopt;
  }
  const auto days = sys_days(date).time_since_epoch().count();
  return days * kDayMillis + ((hour * 60 + at.minute) * 60 + at.second) * std::int64_t{1000} +
         at.millis;
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

Civil civil(std::int64_t unix_millis) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds{unix_millis}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const auto clock = static_cast<int>((time - day).count());
  Civil at;
  at.year = static_cast<int>(date.year());
  at.month = static_cast<int>(static_cast<unsigned>(date.month()));
  at.day = static_cast<int>(static_cast<unsigned>(date.day()));
  at.hour = clock / 3'600'000;
  at.minute = clock / 60'000 % 60;
  at.second = clock / 1000 % 60;
  at.millis = clock % 1000;
  at.weekday = static_cast<int>(std::chrono::weekday{day}.c_encoding());
  at.yearday = static_cast<int>((day - sys_days(date.year() / January / 1)).count()) + 1;
  return at;
}

std::string format_time(std::string_view format, std::int64_t unix_millis) {
  const Civil at = civil(unix_millis);
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
      append(out, directive, bare, at, unix_millis);
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
  return instant(parsed);
}

std::optional<std::int64_t> add_millis(std::int64_t unix_millis, std::int64_t millis) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(unix_millis, millis, &sum) || !in_years(sum)) return std::nullopt;
  return sum;
}

std::optional<std::int64_t> add_months(std::int64_t unix_millis, std::int64_t months) {
  constexpr std::int64_t kMost = 12 * 10'000;
  if (months < -kMost || months > kMost || !in_years(unix_millis)) return std::nullopt;
  using namespace std::chrono;
  const Civil at = civil(unix_millis);
  const std::int64_t count = at.year * std::int64_t{12} + (at.month - 1) + months;
  if (count < 12 || count >= kMost) return std::nullopt;
  const auto when =
      year(static_cast<int>(count / 12)) / month(static_cast<unsigned>(count % 12) + 1);
  const auto last = (when / std::chrono::last).day();
  const auto date = sys_days(when / std::min(day(static_cast<unsigned>(at.day)), last));
  const auto clock =
      unix_millis -
      floor<days>(sys_time<milliseconds>{milliseconds{unix_millis}}).time_since_epoch().count() *
          kDayMillis;
  return date.time_since_epoch().count() * kDayMillis + clock;
}

}  // namespace pim::data::mockaroo
