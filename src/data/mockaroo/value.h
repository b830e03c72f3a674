// What a cell or a formula holds while a row is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace pim::data::mockaroo {

class Regex;

// An instant in UTC, with the strftime format of the column that it came from.
struct Moment {
  std::int64_t millis = 0;
  std::string format;
};

// Months are counted in the calendar, the rest on the clock.
struct Span {
  std::int64_t months = 0;
  std::int64_t millis = 0;
};

struct Nil {
  bool operator==(const Nil&) const = default;
};

struct Value {
  using List = std::vector<Value>;
  std::variant<Nil, bool, std::int64_t, double, std::string, Moment, Span, List,
               std::shared_ptr<const Regex>>
      data;

  Value() = default;
  template <class T>
  Value(T from) : data(std::move(from)) {}              // NOLINT(*-explicit-*)
  Value(const char* text) : data(std::string(text)) {}  // NOLINT(*-explicit-*)
  Value(int number) : data(std::int64_t{number}) {}     // NOLINT(*-explicit-*)

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
  bool is_nil() const { return data.index() == 0; }
  // Ruby's: everything but nil and false.
  bool truthy() const { return !is_nil() && (as<bool>() == nullptr || *as<bool>()); }
};

// As it is written to a file; empty for nil. A whole decimal keeps its `.0`, as Ruby writes it.
std::string to_text(const Value& value);
// "a text", "a date": for messages.
std::string kind_of(const Value& value);
// Ruby's ==: numbers of either kind compare by value, other kinds only with their own.
bool equal(const Value& left, const Value& right);
// Fixed decimals, as Money and Number columns are written; half away from zero.
std::string fixed_decimals(double value, int decimals);

}  // namespace pim::data::mockaroo
