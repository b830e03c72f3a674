// The writing half of the JSON codec: appends values to a string, canonical and without white
// space.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "domain/enums.h"
#include "domain/field_types.h"
#include "domain/ids_text.h"
#include "domain/json.h"
#include "domain/money.h"
#include "domain/state.h"

namespace pim::json {

inline void write(std::string& out, bool value) { out += value ? "true" : "false"; }

template <IntegerType T>
void write(std::string& out, T value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

inline void write(std::string& out, Cents value) { write(out, value.value); }

inline void write(std::string& out, const std::string& value) { append_json_string(out, value); }

inline void write(std::string& out, const Uuid& value) {
  out += '"';
  append_uuid(out, value);
  out += '"';
}
template <IdType T>
void write(std::string& out, const T& value) {
  write(out, value.value);
}

template <CodeType T>
void write(std::string& out, const T& value) {
  append_json_string(out, value.text());
}

template <EnumType T>
void write(std::string& out, T value) {
  out += '"';
  out += name_of(value);
  out += '"';
}

inline void write(std::string& out, UtcMillis value) {
  out += '"';
  out += value.to_string();
  out += '"';
}

template <HasFields T>
void write(std::string& out, const T& value);

template <class T>
void write(std::string& out, const std::vector<T>& values) {
  out += '[';
  for (bool first = true; const auto& value : values) {
    if (!first) out += ',';
    first = false;
    write(out, value);
  }
  out += ']';
}

inline void write(std::string& out, const Encounters& encounters) { write(out, encounters.all()); }

template <HasFields T>
void write(std::string& out, const T& value) {
  char before = '{';
  const auto key = [&](std::string_view name) {
    out += before;
    before = ',';
    out += '"';
    out += name;
    out += "\":";
  };
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*field.member;
    if constexpr (OptionalType<std::remove_cvref_t<decltype(member)>>) {
      if (!member) return;
      key(field.name);
      write(out, *member);
    } else {
      key(field.name);
      write(out, member);
    }
  });
  if (before == '{') out += '{';
  out += '}';
}

}  // namespace pim::json
