// Reading JSON that others wrote: what is not there, or of another kind, reads as empty.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

namespace pim::grafana {

inline const nlohmann::json& member(const nlohmann::json& object, const std::string& key) {
  static const nlohmann::json kNone;
  return object.is_object() && object.contains(key) ? object[key] : kNone;
}

const nlohmann::json& member(nlohmann::json&& object,
                             const std::string& key) = delete;  // would dangle

inline std::string text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : value.dump();
}
inline std::string text(const nlohmann::json& object, const std::string& key) {
  return text(member(object, key));
}

// Protobuf's JSON writes 64-bit numbers as texts.
inline std::int64_t integer(const nlohmann::json& value) {
  if (value.is_number()) return value.get<std::int64_t>();
  return std::strtoll(text(value).c_str(), nullptr, 10);
}

}  // namespace pim::grafana
