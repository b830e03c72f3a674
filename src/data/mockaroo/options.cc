#include "data/mockaroo/options.h"

#include <algorithm>
#include <cmath>

namespace pim::data::mockaroo {

const JsonValue* Options::take(std::string_view key) {
  known_.emplace_back(key);
  const auto* value = column_.options.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Options::text(std::string_view key, std::string fallback) {
  const auto* value = take(key);
  if (value == nullptr) return fallback;
  if (value->kind == JsonValue::Kind::array || value->kind == JsonValue::Kind::object) {
    error(key, "must be a text");
    return fallback;
  }
  return value->as_text();
}

double Options::number(std::string_view key, double fallback) {
  const auto* value = take(key);
  if (value == nullptr || (value->kind == JsonValue::Kind::text && value->text.empty())) {
    return fallback;
  }
  const auto number = value->as_number();
  if (number && std::fabs(*number) < 9e15) return *number;
  error(key, "must be a number");
  return fallback;
}

std::int64_t Options::whole(std::string_view key, std::int64_t fallback) {
  const double value = number(key, static_cast<double>(fallback));
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  error(key, "must be a whole number");
  return fallback;
}

std::vector<std::string> Options::list(std::string_view key) {
  const auto* value = take(key);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (value->kind != JsonValue::Kind::array) {
    error(key, "must be a list");
    return texts;
  }
  for (const auto& item : value->items) texts.push_back(item.as_text());
  return texts;
}

void Options::error(std::string_view key, std::string message) {
  findings_.push_back({true, column_.name, std::string(key), std::move(message)});
}
void Options::warning(std::string_view key, std::string message) {
  findings_.push_back({false, column_.name, std::string(key), std::move(message)});
}

void Options::finish() {
  for (const auto& [key, value] : column_.options.members) {
    if (std::ranges::find(known_, key) == known_.end()) {
      warning(key, "is no option of " + column_.type + " that is known here");
    }
  }
}

}  // namespace pim::data::mockaroo
