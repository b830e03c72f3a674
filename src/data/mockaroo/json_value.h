// A small JSON tree with its members in order: what a schema's options are kept in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.h"

namespace pim::data::mockaroo {

struct JsonMember;

struct JsonValue {
  enum class Kind { null, truth, whole, decimal, text, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  std::int64_t whole = 0;
  double decimal = 0;  // of both kinds of number
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;

  bool is_null() const { return kind == Kind::null; }
  bool is_number() const { return kind == Kind::whole || kind == Kind::decimal; }
  const JsonValue* find(std::string_view key) const;
  // A text, or a number or truth as a text: backups write `"1"` and 1 alike.
  std::string as_text() const;
  // Of a number, or of a text that is one.
  std::optional<double> as_number() const;
};

// No pair: its traits would need the value before it is complete.
struct JsonMember {
  JsonMember(std::string name, JsonValue of) : key(std::move(name)), value(std::move(of)) {}
  std::string key;
  JsonValue value;
};

// At most 4 MiB and 32 levels; UTF-8, with or without a byte order mark. The error says why.
Result<JsonValue, std::string> parse_json(std::string_view text);

// Compact; members in their order.
std::string to_json(const JsonValue& value);

}  // namespace pim::data::mockaroo
