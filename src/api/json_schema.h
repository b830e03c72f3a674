// JSON Schema of what replies carry, from the field lists that the JSON writer uses.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "domain/enums.h"
#include "domain/field_types.h"
#include "domain/json.h"
#include "domain/money.h"

namespace pim::api {

namespace detail {
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
}  // namespace detail

template <HasFields T>
std::string object_schema();

// Codes go without their patterns: history keeps codes as they were accepted.
template <class T>
std::string value_schema() {
  if constexpr (OptionalType<T>) {
    return value_schema<value_of_t<T>>();
  } else if constexpr (detail::is_vector<T>) {
    return R"({"type":"array","items":)" + value_schema<typename T::value_type>() + "}";
  } else if constexpr (HasFields<T>) {
    return object_schema<T>();
  } else if constexpr (IdType<T> || std::same_as<T, Uuid>) {
    return R"({"type":"string","format":"uuid"})";
  } else if constexpr (EnumType<T>) {
    std::string out = R"({"type":"string","enum":[)";
    for (bool first = true; const auto name : enum_names<T>) {
      if (!first) out += ',';
      first = false;
      append_json_string(out, name);
    }
    return out + "]}";
  } else if constexpr (std::same_as<T, UtcMillis>) {
    return R"({"type":"string","format":"date-time"})";
  } else if constexpr (std::same_as<T, bool>) {
    return R"({"type":"boolean"})";
  } else if constexpr (IntegerType<T> || std::same_as<T, Cents>) {
    return R"({"type":"integer"})";
  } else {
    static_assert(CodeType<T> || std::same_as<T, std::string>);
    return R"({"type":"string"})";
  }
}

// Open: a later version may add fields.
template <HasFields T>
std::string object_schema() {
  std::string properties;
  std::string required;
  for_each_field<T>([&](const auto& field) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*field.member)>;
    if (!properties.empty()) properties += ',';
    append_json_string(properties, field.name);
    properties += ':' + value_schema<Member>();
    if (OptionalType<Member>) return;
    if (!required.empty()) required += ',';
    append_json_string(required, field.name);
  });
  return R"({"type":"object","properties":{)" + properties + R"(},"required":[)" + required + "]}";
}

}  // namespace pim::api
