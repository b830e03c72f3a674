#include "data/mockaroo/value.h"

#include <array>
#include <charconv>
#include <cmath>

#include "data/mockaroo/strftime.h"

namespace pim::data::mockaroo {
namespace {

// Mockaroo's own form of a date that no column's format says otherwise about.
constexpr std::string_view kPlainDate = "%m/%d/%Y";

std::string decimal_text(double value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

struct ToText {
  std::string operator()(const Nil&) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return decimal_text(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Moment& value) const {
    return format_time(value.format.empty() ? kPlainDate : value.format, value.millis);
  }
  std::string operator()(const Span& value) const { return std::to_string(value.millis / 1000); }
  std::string operator()(const Value::List& list) const {
    std::string text = "[";
    for (const auto& item : list) {
      if (text.size() > 1) text += ", ";
      const bool quoted = item.as<std::string>() != nullptr;
      text += quoted ? '"' + to_text(item) + '"' : to_text(item);
    }
    return text + "]";
  }
  std::string operator()(const std::shared_ptr<const Regex>&) const { return {}; }
};

bool as_number(const Value& value, double& number) {
  if (const auto* whole = value.as<std::int64_t>()) {
    number = static_cast<double>(*whole);
    return true;
  }
  if (const auto* decimal = value.as<double>()) {
    number = *decimal;
    return true;
  }
  return false;
}

}  // namespace

std::string to_text(const Value& value) { return std::visit(ToText{}, value.data); }

std::string kind_of(const Value& value) {
  constexpr std::array kKinds = {"nil",    "true or false", "a whole number", "a decimal", "a text",
                                 "a date", "a duration",    "a list",         "a regex"};
  return kKinds[value.data.index()];
}

bool equal(const Value& left, const Value& right) {
  double a = 0;
  double b = 0;
  if (as_number(left, a) && as_number(right, b)) {
    const auto* x = left.as<std::int64_t>();
    const auto* y = right.as<std::int64_t>();
    return x != nullptr && y != nullptr ? *x == *y : a == b;
  }
  if (left.data.index() != right.data.index()) return false;
  if (const auto* text = left.as<std::string>()) return *text == *right.as<std::string>();
  if (const auto* truth = left.as<bool>()) return *truth == *right.as<bool>();
  if (const auto* moment = left.as<Moment>()) return moment->millis == right.as<Moment>()->millis;
  if (const auto* span = left.as<Span>()) {
    return span->months == right.as<Span>()->months && span->millis == right.as<Span>()->millis;
  }
  if (const auto* list = left.as<Value::List>()) {
    const auto& other = *right.as<Value::List>();
    if (list->size() != other.size()) return false;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!equal((*list)[i], other[i])) return false;
    }
    return true;
  }
  return left.is_nil();
}

std::string fixed_decimals(double value, int decimals) {
  if (!std::isfinite(value)) return "0";
  const double scale = std::pow(10.0, decimals);
  if (std::fabs(value) * scale < 9e15) value = std::round(value * scale) / scale;
  std::array<char, 512> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::fixed, decimals);
  if (error != std::errc{}) return "0";
  return {buffer.data(), end};
}

}  // namespace pim::data::mockaroo
