// The reading half of the JSON codec, over simdjson's DOM.
#pragma once

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/bounds.h"
#include "domain/enums.h"
#include "domain/field_types.h"
#include "domain/json.h"
#include "domain/money.h"
#include "domain/state.h"

namespace pim::json {

inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kLongestEcho = 64;

// JSON Schema's `integer` takes 36.0 and 1e2 too; within what a double holds exactly.
inline bool is_whole(double value) {
  constexpr double kExact = 9'007'199'254'740'991.0;
  return value >= -kExact && value <= kExact && std::trunc(value) == value;
}

enum class Mode {
  strict,   // a caller's words: every doubt is an error
  history,  // our own words, perhaps a newer version's: unknown fields are skipped, codes kept
};

// A parsed document; `root` lives as long as it.
class Document {
 public:
  Result<simdjson::dom::element, JsonError> parse(std::string_view json);

 private:
  simdjson::dom::parser parser_;
};

// Reads values; after the first `false` nothing but error() may be used.
class Reader {
 public:
  using Element = simdjson::dom::element;
  // Bit i: the i-th field of the list has a value.
  using FieldSet = std::uint64_t;

  explicit Reader(Mode mode) : mode_(mode) {}

  JsonError take_error() { return std::move(error_); }
  bool fail(std::string message) {
    error_.message = std::move(message);
    return false;
  }
  bool fail_at(std::string_view field, std::string message) {
    error_.message = std::move(message);
    return stepped_out(field);
  }

  // Values that JSON carries as strings; presets come as such texts too.
  bool from_text(std::string_view text, std::string& out) {
    out = text;
    return true;
  }
  bool from_text(std::string_view text, Uuid& out) {
    const auto id = Uuid::parse(text);
    if (!id) return fail("must be a UUID");
    out = *id;
    return true;
  }
  template <IdType T>
  bool from_text(std::string_view text, T& out) {
    return from_text(text, out.value);
  }
  template <CodeType T>
  bool from_text(std::string_view text, T& out) {
    if (mode_ == Mode::history) {
      out = T::recorded(text);
      return true;
    }
    auto code = T::parse(text);
    if (!code) return fail("must be " + std::string(T::hint()));
    out = std::move(*code);
    return true;
  }
  template <EnumType T>
  bool from_text(std::string_view text, T& out) {
    const auto value = parse_enum<T>(text);
    if (!value) return fail("must be one of " + list_of(enum_names<T>));
    out = *value;
    return true;
  }
  bool from_text(std::string_view text, UtcMillis& out) {
    const auto time = UtcMillis::parse(text);
    if (!time) return fail("must be an RFC 3339 time such as 2025-01-31T09:30:00.000Z");
    out = *time;
    return true;
  }

  bool read(Element in, bool& out) {
    return in.get(out) == simdjson::SUCCESS || fail("must be true or false");
  }
  template <IntegerType T>
  bool read(Element in, T& out) {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    Wide wide{};
    if (in.type() == simdjson::dom::element_type::DOUBLE) {
      double real = 0;
      if (in.get(real) != simdjson::SUCCESS || !is_whole(real)) return fail("must be an integer");
      const auto whole = static_cast<std::int64_t>(real);
      if (!std::in_range<T>(whole)) return fail("is out of range");
      out = static_cast<T>(whole);
      return true;
    }
    if (!in.is<std::int64_t>() && !in.is<std::uint64_t>()) return fail("must be an integer");
    if (in.get(wide) != simdjson::SUCCESS || !std::in_range<T>(wide))
      return fail("is out of range");
    out = static_cast<T>(wide);
    return true;
  }
  bool read(Element in, Cents& out) { return read(in, out.value); }
  template <TextType T>
  bool read(Element in, T& out) {
    std::string_view text;
    if (in.get(text) != simdjson::SUCCESS) return fail("must be a string");
    return from_text(text, out);
  }
  template <class T>
  bool read(Element in, std::vector<T>& out) {
    return read_each(in, [&](Element item) { return read(item, out.emplace_back()); });
  }
  bool read(Element in, Encounters& out) {
    return read_each(in, [&](Element item) {
      Encounter encounter;
      if (!read(item, encounter)) return false;
      if (out.find(encounter.encounter_id)) return fail_at("encounter_id", "repeated");
      out.add(std::move(encounter));
      return true;
    });
  }
  template <HasFields T>
  bool read(Element in, T& out) {
    FieldSet seen = 0;
    return read_fields(in, out, seen) && require_fields<T>(seen);
  }

  template <HasFields T>
  bool read_fields(Element in, T& out, FieldSet& seen) {
    simdjson::dom::object object;
    if (in.get(object) != simdjson::SUCCESS) return fail("must be an object");
    for (const auto entry : object) {
      if (read_entry(entry.key, entry.value, out, seen)) continue;
      // a name that long is no field of ours: do not echo it
      return entry.key.size() <= kLongestEcho && stepped_out(entry.key);
    }
    return true;
  }

  template <HasFields T>
  bool require_fields(FieldSet seen) {
    bool complete = true;
    FieldSet bit = 1;
    for_each_field<T>([&](const auto& field) {
      using Member = std::remove_cvref_t<decltype(std::declval<T>().*field.member)>;
      if (complete && !OptionalType<Member> && (seen & bit) == 0) {
        complete = fail_at(field.name, "required");
      }
      bit <<= 1;
    });
    return complete;
  }

  // The limits of bounds.h, for callers' integers.
  template <class T>
  bool within_bounds(std::string_view field, const T& value) {
    std::int64_t number = 0;
    if constexpr (std::same_as<T, Cents>) {
      number = value.value;
    } else if constexpr (IntegerType<T>) {
      number = value;
    } else {
      return true;
    }
    const auto bound = find_bound(field);
    if (!bound || bound->holds(number)) return true;
    return fail("must be between " + std::to_string(bound->min) + " and " +
                std::to_string(bound->max));
  }

 private:
  template <class Names>
  static std::string list_of(const Names& names) {
    std::string list;
    for (auto name : names) {
      if (!list.empty()) list += ", ";
      list += name;
    }
    return list;
  }

  // On the way out of a failure, puts one more step before the pointer.
  bool stepped_out(std::string_view name) {
    std::string step = "/";
    for (char c : name) {
      if (c == '~') {
        step += "~0";
      } else if (c == '/') {
        step += "~1";
      } else {
        step += c;
      }
    }
    error_.field.insert(0, step);
    return false;
  }

  template <class ReadItem>
  bool read_each(Element in, ReadItem&& read_item) {
    simdjson::dom::array array;
    if (in.get(array) != simdjson::SUCCESS) return fail("must be an array");
    std::size_t index = 0;
    for (const Element item : array) {
      if (!read_item(item)) return stepped_out(std::to_string(index));
      ++index;
    }
    return true;
  }

  template <HasFields T>
  bool read_entry(std::string_view key, Element value, T& out, FieldSet& seen) {
    bool known = false;
    bool good = true;
    FieldSet bit = 1;
    for_each_field<T>([&](const auto& field) {
      if (!known && field.name == key) {
        known = true;
        good = (seen & bit) == 0 ? read_member(field.name, value, out.*field.member)
                                 : fail("repeated field");
        if (!value.is_null()) seen |= bit;
      }
      bit <<= 1;
    });
    if (!known && mode_ == Mode::strict) return fail("unknown field");
    return good;
  }

  template <class T>
  bool read_member(std::string_view name, Element value, T& member) {
    if constexpr (OptionalType<T>) {
      if (value.is_null() && mode_ == Mode::history) return true;
      return read_member(name, value, member.emplace());
    } else {
      if (value.is_null()) return fail("must not be null");
      if (!read(value, member)) return false;
      return mode_ == Mode::history || within_bounds(name, member);
    }
  }

  Mode mode_;
  JsonError error_;
};

}  // namespace pim::json
