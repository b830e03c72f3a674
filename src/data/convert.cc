#include "data/convert.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "data/date_format.h"
#include "domain/calendar.h"
#include "domain/codes.h"

namespace pim::data {
namespace {

// HIPAA Safe Harbor: ages of 90 and above are one group, and no year may tell them apart.
constexpr int kTopAge = 90;

using Converted = Result<std::string, ConversionError>;

Err<ConversionError> no(std::string reason) { return Err{ConversionError{std::move(reason)}}; }

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// 34, and the 34.0 and 3.4e1 that spreadsheets and JSON writers make of it.
std::optional<std::int64_t> whole_number(std::string_view text) {
  if (const auto plain = integer(text)) return plain;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(std::fabs(value) < 1e15) || value != std::floor(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// 1,234,567: in `12,34` the comma is a decimal one, and it would be a hundred times too much.
bool groups_thousands(std::string_view whole) {
  const auto first = whole.find(',');
  if (first == whole.npos) return true;
  if (first == 0 || first > 3) return false;
  for (std::size_t at = first; at < whole.size(); at += 4) {
    if (whole[at] != ',' || whole.size() - at < 4) return false;
    if (whole.substr(at + 1, 3).find(',') != whole.npos) return false;
  }
  return true;
}

Converted cents(std::string_view text) {
  if (text.starts_with('$')) text.remove_prefix(1);
  std::string digits;
  const auto point = text.find('.');
  for (const char c : text.substr(0, point)) {
    if (c != ',') digits.push_back(c);
  }
  std::string_view fraction = point == text.npos ? "" : text.substr(point + 1);
  if (!groups_thousands(text.substr(0, point)) || fraction.size() > 2 ||
      (point != text.npos && fraction.empty())) {
    return no("must be an amount such as $1,234.50");
  }
  digits.append(fraction).append(2 - fraction.size(), '0');
  const auto value = integer(digits);
  if (!value || *value < 0 || digits.size() < 3) return no("must be an amount such as $1,234.50");
  return std::to_string(*value);
}

Converted birth_year(int reference_year, std::int64_t age) {
  if (age < 0 || age > 130) return no("must be an age from 0 to 130 in the reference year");
  return std::to_string(reference_year - std::min<int>(static_cast<int>(age), kTopAge));
}

std::optional<UtcMillis> date_by(const std::vector<std::string>& formats, std::string_view text) {
  for (const auto& format : formats) {
    if (const auto time = parse_date(format, text)) return time;
  }
  return std::nullopt;
}

std::string listed_formats(const std::vector<std::string>& formats) {
  std::string list;
  for (const auto& format : formats) list += (list.empty() ? "" : " or ") + format;
  return list;
}

Converted zip3(std::string_view text) {
  const bool digits =
      std::ranges::all_of(text.substr(0, 5), [](char c) { return c >= '0' && c <= '9'; });
  const bool plus4 = text.size() == 10 && text[5] == '-';
  if (!digits || (text.size() != 5 && !plus4)) return no("must be a ZIP code of five digits");
  const auto area = text.substr(0, 3);
  return Zip3::parse(area) ? std::string(area) : std::string("000");
}

}  // namespace

Converted convert(const FieldRule& rule, int reference_year, std::string_view text) {
  std::string mapped(text);
  if (!rule.values.empty()) {
    const auto found = std::ranges::find(
        rule.values, text, [](const auto& pair) { return std::string_view(pair.first); });
    if (found != rule.values.end()) {
      mapped = found->second;
    } else if (rule.otherwise) {
      mapped = *rule.otherwise;
    } else {
      return no("is not one of the values that the mapping lists");
    }
  }
  switch (rule.conversion) {
    case Conversion::none:
      return mapped;
    case Conversion::cents:
      return cents(mapped);
    case Conversion::zip3:
      return zip3(mapped);
    case Conversion::birth_year_of_age: {
      const auto age = whole_number(mapped);
      return birth_year(reference_year, age.value_or(-1));
    }
    case Conversion::time:
    case Conversion::birth_year_of_date: {
      const auto time = date_by(rule.formats, mapped);
      if (!time) return no("must be a date of the form " + listed_formats(rule.formats));
      if (rule.conversion == Conversion::time) return time->to_string();
      return birth_year(reference_year, reference_year - year_of(*time));
    }
  }
  return mapped;
}

}  // namespace pim::data
