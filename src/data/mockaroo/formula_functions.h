// What formulas can call: functions (`concat(a, b)`) and Ruby's methods (`this.upcase`).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/mockaroo/formula.h"
#include "data/mockaroo/value.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

using Computed = Result<Value, std::string>;

struct FormulaFunction {
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;
  Computed (*call)(std::span<const Value> arguments, FormulaRow& row);
};
// nullptr where it is not known. `field` and `from_dataset` are the parser's own.
const FormulaFunction* find_function(std::string_view name);

struct FormulaMethod {
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;
  Computed (*call)(const Value& on, std::span<const Value> arguments, FormulaRow& row);
};
const FormulaMethod* find_method(std::string_view name);

// `+`, `==` and so on, as Ruby does them.
Computed apply_binary(std::string_view sign, const Value& left, const Value& right);
Computed apply_minus(const Value& value);
// `text[1]`, `list[0..2]` and so on; `to` and `count` may be nullptr.
Computed apply_index(const Value& on, const Value& from, const Value* to, const Value* count);

// No text that a formula makes is longer.
inline constexpr std::size_t kMaxTextBytes = 16'384;
inline constexpr std::size_t kMaxListItems = 1000;

}  // namespace pim::data::mockaroo
