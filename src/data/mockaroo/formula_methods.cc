// Ruby's methods that published formulas call on values: `this.gsub(/a/, 'b')`, `at.strftime(...)`.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <cmath>

#include "data/literal.h"
#include "data/mockaroo/draw.h"
#include "data/mockaroo/formula_functions.h"
#include "data/mockaroo/formula_text.h"
#include "data/mockaroo/regex.h"
#include "data/mockaroo/strftime.h"

namespace pim::data::mockaroo {
namespace {

using Arguments = std::span<const Value>;

Err<std::string> not_for(const Value& on) { return Err{kind_of(on) + " has no such method"}; }

template <std::string (*kChange)(std::string_view)>
Computed text_method(const Value& on, Arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  if (text == nullptr) return not_for(on);
  return Value(kChange(*text));
}

template <bool kAll>
Computed substitute(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  if (text == nullptr) return not_for(on);
  return replaced(*text, arguments[0], to_text(arguments[1]), kAll);
}

Computed split_method(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  if (text == nullptr) return not_for(on);
  return split_text(*text, arguments.empty() ? Value(" ") : arguments[0]);
}

// `join`, `round` and so on are functions, too.
template <Literal kName>
Computed function_method(const Value& on, Arguments arguments, FormulaRow& row) {
  Value::List all = {on};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return find_function(kName.view())->call(all, row);
}
Computed length_method(const Value& on, Arguments arguments, FormulaRow& row) {
  if (on.as<std::string>() == nullptr && on.as<Value::List>() == nullptr) return not_for(on);
  return function_method<"length">(on, arguments, row);
}

template <bool kLeft>
Computed justify(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  const auto* width = arguments[0].as<std::int64_t>();
  if (text == nullptr || width == nullptr) return not_for(on);
  return padded_text(*text, *width, arguments.size() > 1 ? to_text(arguments[1]) : " ", kLeft);
}

Computed to_s(const Value& on, Arguments, FormulaRow&) { return Value(to_text(on)); }

// As Ruby: the number that the text begins with, else 0.
Computed to_i(const Value& on, Arguments, FormulaRow&) {
  if (on.as<std::int64_t>() != nullptr) return on;
  if (on.is_nil()) return Value(0);
  if (const auto* moment = on.as<Moment>()) return Value(moment->millis / 1000);
  if (const auto* decimal = on.as<double>()) {
    if (std::fabs(*decimal) > 9e18) return Err{std::string("this is too large")};
    return Value(static_cast<std::int64_t>(*decimal));
  }
  const auto* text = on.as<std::string>();
  if (text == nullptr) return not_for(on);
  const std::string bare = stripped(*text);
  std::int64_t value = 0;
  const auto problem = std::from_chars(bare.data(), bare.data() + bare.size(), value).ec;
  if (problem == std::errc::result_out_of_range) return Err{std::string("this is too large")};
  return Value(value);
}

Computed to_f(const Value& on, Arguments, FormulaRow&) {
  if (on.as<double>() != nullptr) return on;
  if (on.is_nil()) return Value(0.0);
  if (const auto* whole = on.as<std::int64_t>()) return Value(static_cast<double>(*whole));
  const auto* text = on.as<std::string>();
  if (text == nullptr) return not_for(on);
  const std::string bare = stripped(*text);
  double value = 0;
  std::from_chars(bare.data(), bare.data() + bare.size(), value);
  if (!std::isfinite(value)) return Err{std::string("this is too large")};
  return Value(value);
}

Computed is_nil(const Value& on, Arguments, FormulaRow&) { return Value(on.is_nil()); }

Computed is_empty(const Value& on, Arguments, FormulaRow&) {
  if (const auto* text = on.as<std::string>()) return Value(text->empty());
  if (const auto* list = on.as<Value::List>()) return Value(list->empty());
  return not_for(on);
}
Computed is_blank(const Value& on, Arguments, FormulaRow&) {
  if (const auto* text = on.as<std::string>()) return Value(stripped(*text).empty());
  if (const auto* list = on.as<Value::List>()) return Value(list->empty());
  return Value(!on.truthy());
}

Computed includes(const Value& on, Arguments arguments, FormulaRow&) {
  if (const auto* list = on.as<Value::List>()) {
    return Value(
        std::ranges::any_of(*list, [&](const Value& each) { return equal(each, arguments[0]); }));
  }
  const auto* text = on.as<std::string>();
  const auto* part = arguments[0].as<std::string>();
  if (text == nullptr || part == nullptr) return not_for(on);
  return Value(text->find(*part) != std::string::npos);
}

template <bool kStart>
Computed starts_or_ends(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  const auto* part = arguments[0].as<std::string>();
  if (text == nullptr || part == nullptr) return not_for(on);
  return Value(kStart ? text->starts_with(*part) : text->ends_with(*part));
}

template <bool kFirst>
Computed first_or_last(const Value& on, Arguments, FormulaRow&) {
  const auto* list = on.as<Value::List>();
  if (list == nullptr) return not_for(on);
  if (list->empty()) return Value();
  return kFirst ? list->front() : list->back();
}

Computed sample(const Value& on, Arguments, FormulaRow& row) {
  const auto* list = on.as<Value::List>();
  if (list == nullptr) return not_for(on);
  if (list->empty()) return Value();
  return (*list)[Draw(row.draw(), "sample", 0, 0).below(list->size())];
}

Computed reverse(const Value& on, Arguments, FormulaRow&) {
  if (const auto* list = on.as<Value::List>())
    return Value(Value::List(list->rbegin(), list->rend()));
  const auto* text = on.as<std::string>();
  if (text == nullptr || characters(*text) != text->size()) return not_for(on);
  return Value(std::string(text->rbegin(), text->rend()));
}

Computed strftime(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* moment = on.as<Moment>();
  const auto* form = arguments[0].as<std::string>();
  if (moment == nullptr || form == nullptr) return not_for(on);
  if (const auto unknown = unknown_directive(*form)) {
    return Err{"'" + *unknown + "' is not known in a date's form"};
  }
  if (form->size() > 200) return Err{std::string("this form is too long")};
  return Value(format_time(*form, moment->millis));
}

// `/(MD|DO)/.gen`: Mockaroo's own.
Computed gen(const Value& on, Arguments, FormulaRow& row) {
  const auto* regex = on.as<std::shared_ptr<const Regex>>();
  if (regex == nullptr) return not_for(on);
  Draw draw(row.draw(), "gen", 0, 0);
  return Value((*regex)->generate(draw));
}

// The characters that Ruby's `delete` names: `^0-9` are all but digits.
Result<std::bitset<256>, std::string> named_characters(std::string_view names) {
  std::bitset<256> set;
  const bool negated = names.size() > 1 && names.front() == '^';
  if (negated) names.remove_prefix(1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto low = static_cast<unsigned char>(names[i]);
    if (low >= 0x80 || low == '\\') {
      return Err{std::string("delete() takes plain ASCII characters here")};
    }
    auto high = low;
    if (i + 2 < names.size() && names[i + 1] == '-') {
      i += 2;
      high = static_cast<unsigned char>(names[i]);
      if (high < low) return Err{std::string("a range of delete() ends before it begins")};
    }
    for (std::size_t c = low; c <= high; ++c) set.set(c);
  }
  return negated ? ~set : set;
}

Computed delete_method(const Value& on, Arguments arguments, FormulaRow&) {
  const auto* text = on.as<std::string>();
  const auto* names = arguments[0].as<std::string>();
  if (text == nullptr || names == nullptr) return not_for(on);
  const auto set = named_characters(*names);
  if (!set) return Err{set.error()};
  std::string kept = *text;
  std::erase_if(kept, [&](char c) { return (*set)[static_cast<unsigned char>(c)]; });
  return Value(std::move(kept));
}

// Every date here is a time.
Computed same_moment(const Value& on, Arguments, FormulaRow&) {
  if (on.as<Moment>() == nullptr) return not_for(on);
  return on;
}

// Sorted by name.
constexpr auto kMethods = std::to_array<FormulaMethod>({
    {"abs", 0, 0, function_method<"abs">},
    {"blank?", 0, 0, is_blank},
    {"capitalize", 0, 0, text_method<capitalized>},
    {"ceil", 0, 0, function_method<"ceil">},
    {"day", 0, 0, function_method<"day">},
    {"delete", 1, 1, delete_method},
    {"downcase", 0, 0, text_method<lower_case>},
    {"empty?", 0, 0, is_empty},
    {"end_with?", 1, 1, starts_or_ends<false>},
    {"first", 0, 0, first_or_last<true>},
    {"floor", 0, 0, function_method<"floor">},
    {"gen", 0, 0, gen},
    {"gsub", 2, 2, substitute<true>},
    {"include?", 1, 1, includes},
    {"join", 0, 1, function_method<"join">},
    {"last", 0, 0, first_or_last<false>},
    {"length", 0, 0, length_method},
    {"ljust", 1, 2, justify<false>},
    {"month", 0, 0, function_method<"month">},
    {"nil?", 0, 0, is_nil},
    {"reverse", 0, 0, reverse},
    {"rjust", 1, 2, justify<true>},
    {"round", 0, 1, function_method<"round">},
    {"sample", 0, 0, sample},
    {"size", 0, 0, length_method},
    {"split", 0, 1, split_method},
    {"start_with?", 1, 1, starts_or_ends<true>},
    {"strftime", 1, 1, strftime},
    {"strip", 0, 0, text_method<stripped>},
    {"sub", 2, 2, substitute<false>},
    {"titleize", 0, 0, text_method<titled>},
    {"to_date", 0, 0, same_moment},
    {"to_f", 0, 0, to_f},
    {"to_i", 0, 0, to_i},
    {"to_s", 0, 0, to_s},
    {"to_time", 0, 0, same_moment},
    {"upcase", 0, 0, text_method<upper_case>},
    {"year", 0, 0, function_method<"year">},
});
static_assert(std::ranges::is_sorted(kMethods, {}, &FormulaMethod::name));

}  // namespace

const FormulaMethod* find_method(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kMethods, name, {}, &FormulaMethod::name);
  return found != kMethods.end() && found->name == name ? found : nullptr;
}

}  // namespace pim::data::mockaroo
