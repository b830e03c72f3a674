#include "data/date_format.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "data/date_parts.h"
#include "domain/calendar.h"

namespace pim::data {
namespace {

enum class Part { year, month, day, hour24, hour12, minute, second, millis, half, zone };
constexpr std::size_t kParts = 10;

constexpr std::string_view kUnixSeconds = "X";
constexpr std::string_view kUnixMillis = "x";

struct Token {
  std::string_view letters;
  Part part;
  std::size_t min_digits;
  std::size_t max_digits;
};
// Longer tokens first.
constexpr auto kTokens = std::to_array<Token>({
    {"YYYY", Part::year, 4, 4},
    {"MMM", Part::month, 0, 0},
    {"MM", Part::month, 2, 2},
    {"DD", Part::day, 2, 2},
    {"HH", Part::hour24, 2, 2},
    {"hh", Part::hour12, 2, 2},
    {"mm", Part::minute, 2, 2},
    {"ss", Part::second, 2, 2},
    {"SSS", Part::millis, 1, 9},
    {"ZZ", Part::zone, 0, 0},
    {"M", Part::month, 1, 2},
    {"D", Part::day, 1, 2},
    {"H", Part::hour24, 1, 2},
    {"h", Part::hour12, 1, 2},
    {"A", Part::half, 0, 0},
});

using Values = std::array<std::optional<int>, kParts>;

const Token* token_at(std::string_view format) {
  for (const auto& token : kTokens) {
    if (format.starts_with(token.letters)) return &token;
  }
  return nullptr;
}

std::optional<int> take_month(std::string_view& text) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (text.size() < 3) return std::nullopt;
  std::string name(text.substr(0, 3));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto at = kMonths.find(name);
  if (at == kMonths.npos || at % 3 != 0) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<int>(at / 3) + 1;
}

// Digits behind the decimal point, as milliseconds.
std::optional<int> take_fraction(std::string_view& text) {
  int value = 0;
  int digits = 0;
  for (; digits < 9 && !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    if (digits < 3) value = value * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return value;
}

// Minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
  if (text.starts_with('Z') || text.starts_with('z')) {
    text.remove_prefix(1);
    return 0;
  }
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2, 2);
  if (text.starts_with(':')) text.remove_prefix(1);
  const auto minutes = text.empty() ? std::optional(0) : take_digits(text, 2, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

std::optional<int> take_part(std::string_view& text, const Token& token) {
  if (token.part == Part::half) return take_half_of_day(text);
  if (token.part == Part::zone) return take_zone(text);
  if (token.part == Part::millis) return take_fraction(text);
  if (token.max_digits == 0) return take_month(text);
  return take_digits(text, token.min_digits, token.max_digits);
}

// Seconds or milliseconds since 1970.
std::optional<UtcMillis> parse_count(std::string_view text, std::int64_t millis) {
  const std::int64_t first = start_of_year(kFirstYear).value;
  const std::int64_t end_of_all = start_of_year(kLastYear + 1).value;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (count < first / millis || count >= end_of_all / millis) return std::nullopt;
  return UtcMillis{count * millis};
}

}  // namespace

bool is_date_format(std::string_view format) {
  if (format == kUnixSeconds || format == kUnixMillis) return true;
  std::array<bool, kParts> seen{};
  while (!format.empty()) {
    const Token* token = token_at(format);
    if (token != nullptr) {
      bool& once = seen[static_cast<std::size_t>(token->part)];
      if (once) return false;
      once = true;
    }
    format.remove_prefix(token != nullptr ? token->letters.size() : 1);
  }
  const auto has = [&](Part part) { return seen[static_cast<std::size_t>(part)]; };
  return has(Part::year) && has(Part::month) && has(Part::day) &&
         has(Part::half) == has(Part::hour12) && !(has(Part::hour12) && has(Part::hour24));
}

std::optional<UtcMillis> parse_date(std::string_view format, std::string_view text) {
  if (format == kUnixSeconds || format == kUnixMillis) {
    return parse_count(text, format == kUnixSeconds ? 1000 : 1);
  }
  Values values;
  while (!format.empty()) {
    const Token* token = token_at(format);
    if (token == nullptr) {
      if (text.empty() || text[0] != format[0]) return std::nullopt;
      text.remove_prefix(1);
      format.remove_prefix(1);
      continue;
    }
    const auto value = take_part(text, *token);
    if (!value) return std::nullopt;
    values[static_cast<std::size_t>(token->part)] = value;
    format.remove_prefix(token->letters.size());
  }
  if (!text.empty()) return std::nullopt;

  const auto of = [&](Part part) { return values[static_cast<std::size_t>(part)].value_or(0); };
  const bool twelve = values[static_cast<std::size_t>(Part::hour12)].has_value();
  const auto hour = twelve ? hour_of_twelve(of(Part::hour12), of(Part::half) == 1)
                           : std::optional(of(Part::hour24));
  if (!hour || of(Part::year) < kFirstYear || of(Part::year) > kLastYear) return std::nullopt;
  const auto local = instant_of({of(Part::year), of(Part::month), of(Part::day), *hour,
                                 of(Part::minute), of(Part::second), of(Part::millis)});
  if (!local) return std::nullopt;
  return UtcMillis{local->value - of(Part::zone) * std::int64_t{60'000}};
}

}  // namespace pim::data
