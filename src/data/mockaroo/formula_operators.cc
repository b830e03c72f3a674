// Ruby's operators on the values of formulas.
#include <algorithm>
#include <cmath>
#include <optional>

#include "data/mockaroo/formula_functions.h"
#include "data/mockaroo/regex.h"
#include "data/mockaroo/strftime.h"

namespace pim::data::mockaroo {
namespace {

Err<std::string> cannot(std::string_view verb, const Value& left, const Value& right) {
  return Err{"cannot " + std::string(verb) + " " + kind_of(left) + " and " + kind_of(right)};
}
Err<std::string> too_large() { return Err{std::string("this becomes too large")}; }

std::optional<double> number(const Value& value) {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* decimal = value.as<double>()) return *decimal;
  return std::nullopt;
}

Computed decimal(double value) {
  if (!std::isfinite(value)) return too_large();
  return Value(value);
}

Computed whole_arithmetic(char sign, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (sign) {
    case '+':
      if (__builtin_add_overflow(a, b, &result)) return too_large();
      return Value(result);
    case '-':
      if (__builtin_sub_overflow(a, b, &result)) return too_large();
      return Value(result);
    case '*':
      if (__builtin_mul_overflow(a, b, &result)) return too_large();
      return Value(result);
    default:
      break;
  }
  if (b == 0) return Err{std::string("divided by zero")};
  if (b == -1) return sign == '%' ? Computed(Value(std::int64_t{0})) : whole_arithmetic('-', 0, a);
  // towards minus infinity, as Ruby does
  std::int64_t quotient = a / b;
  std::int64_t rest = a % b;
  if (rest != 0 && (rest < 0) != (b < 0)) {
    --quotient;
    rest += b;
  }
  return Value(sign == '/' ? quotient : rest);
}

Computed decimal_arithmetic(char sign, double a, double b) {
  switch (sign) {
    case '+':
      return decimal(a + b);
    case '-':
      return decimal(a - b);
    case '*':
      return decimal(a * b);
    case '/':
      if (b == 0) return Err{std::string("divided by zero")};
      return decimal(a / b);
    default:
      if (b == 0) return Err{std::string("divided by zero")};
      return decimal(a - b * std::floor(a / b));
  }
}

Computed shift(const Moment& moment, const Span& span, int direction) {
  auto at = add_months(moment.millis, direction * span.months);
  if (at) at = add_millis(*at, direction * span.millis);
  if (!at) return Err{std::string("this date leaves the years 1 to 9999")};
  return Value(Moment{*at, moment.format});
}

Computed add_spans(const Span& a, const Span& b, int direction) {
  Span sum;
  if (__builtin_add_overflow(a.months, direction * b.months, &sum.months) ||
      __builtin_add_overflow(a.millis, direction * b.millis, &sum.millis)) {
    return too_large();
  }
  return Value(sum);
}

Computed plus(const Value& left, const Value& right) {
  if (const auto* text = left.as<std::string>()) {
    const auto* other = right.as<std::string>();
    if (other == nullptr) return cannot("add", left, right);
    if (text->size() + other->size() > kMaxTextBytes)
      return Err{std::string("this text becomes too long")};
    return Value(*text + *other);
  }
  const auto* span = right.as<Span>();
  if (const auto* moment = left.as<Moment>(); moment != nullptr && span != nullptr) {
    return shift(*moment, *span, 1);
  }
  if (const auto* first = left.as<Span>(); first != nullptr) {
    if (const auto* moment = right.as<Moment>()) return shift(*moment, *first, 1);
    if (span != nullptr) return add_spans(*first, *span, 1);
  }
  if (const auto* list = left.as<Value::List>(); list != nullptr) {
    const auto* other = right.as<Value::List>();
    if (other == nullptr) return cannot("add", left, right);
    if (list->size() + other->size() > kMaxListItems) return too_large();
    Value::List joined = *list;
    joined.insert(joined.end(), other->begin(), other->end());
    return Value(std::move(joined));
  }
  return cannot("add", left, right);
}

Computed minus(const Value& left, const Value& right) {
  const auto* span = right.as<Span>();
  if (const auto* moment = left.as<Moment>()) {
    if (span != nullptr) return shift(*moment, *span, -1);
    if (const auto* other = right.as<Moment>()) {
      return Value(static_cast<double>(moment->millis - other->millis) / 1000);
    }
  }
  if (const auto* first = left.as<Span>(); first != nullptr && span != nullptr) {
    return add_spans(*first, *span, -1);
  }
  return cannot("subtract", left, right);
}

Computed times(const Value& left, const Value& right) {
  const auto* count = right.as<std::int64_t>();
  if (const auto* text = left.as<std::string>(); text != nullptr && count != nullptr) {
    if (*count < 0) return Err{std::string("a text cannot be repeated less than 0 times")};
    if (!text->empty() && static_cast<std::uint64_t>(*count) > kMaxTextBytes / text->size()) {
      return Err{std::string("this text becomes too long")};
    }
    std::string repeated;
    for (std::int64_t i = 0; i < *count && !text->empty(); ++i) repeated += *text;
    return Value(std::move(repeated));
  }
  if (const auto* span = left.as<Span>(); span != nullptr && count != nullptr) {
    Span product;
    if (__builtin_mul_overflow(span->months, *count, &product.months) ||
        __builtin_mul_overflow(span->millis, *count, &product.millis)) {
      return too_large();
    }
    return Value(product);
  }
  return cannot("multiply", left, right);
}

Computed to_power(const Value& left, const Value& right) {
  const auto a = number(left);
  const auto b = number(right);
  if (!a || !b) return cannot("raise", left, right);
  const double power = std::pow(*a, *b);
  const bool whole = left.as<std::int64_t>() != nullptr && right.as<std::int64_t>() != nullptr;
  if (whole && *b >= 0 && std::fabs(power) < 9e15) return Value(static_cast<std::int64_t>(power));
  return decimal(power);
}

// nullopt where the two have no order.
std::optional<int> order(const Value& left, const Value& right) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : a > b ? 1 : 0; };
  const auto* x = left.as<std::int64_t>();
  const auto* y = right.as<std::int64_t>();
  if (x != nullptr && y != nullptr) return sign(*x, *y);
  const auto a = number(left);
  const auto b = number(right);
  if (a && b) return sign(*a, *b);
  const auto* text = left.as<std::string>();
  const auto* other = right.as<std::string>();
  if (text != nullptr && other != nullptr) return sign(*text, *other);
  const auto* moment = left.as<Moment>();
  const auto* later = right.as<Moment>();
  if (moment != nullptr && later != nullptr) return sign(moment->millis, later->millis);
  return std::nullopt;
}

Computed compare(std::string_view sign, const Value& left, const Value& right) {
  const auto found = order(left, right);
  if (!found) return cannot("compare", left, right);
  if (sign == "<") return Value(*found < 0);
  if (sign == "<=") return Value(*found <= 0);
  if (sign == ">") return Value(*found > 0);
  return Value(*found >= 0);
}

Computed search(const Value& left, const Value& right) {
  const auto* text = left.as<std::string>();
  const auto* regex = right.as<std::shared_ptr<const Regex>>();
  if (regex == nullptr || text == nullptr) return cannot("search", left, right);
  const auto found = (*regex)->search(*text, 0);
  if (!found) return Err{found.error()};
  if (!*found) return Value();
  return Value(static_cast<std::int64_t>((*found)->groups[0].first));
}

// Where an index points, from the end where it is negative; nullopt where it points to nothing.
std::optional<std::size_t> position(std::int64_t index, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  if (index < 0) index += length;
  if (index < 0 || index > length) return std::nullopt;
  return static_cast<std::size_t>(index);
}

// A piece of a list, or of a text's characters.
struct Piece {
  std::size_t from = 0;
  std::size_t count = 0;
};
std::optional<Piece> piece(std::size_t size, std::int64_t from, const std::int64_t* to,
                           const std::int64_t* count) {
  const auto start = position(from, size);
  if (!start) return std::nullopt;
  const std::size_t left = size - *start;
  if (count != nullptr) {
    if (*count < 0) return std::nullopt;
    return Piece{*start, std::min(left, static_cast<std::size_t>(*count))};
  }
  if (to != nullptr) {
    const std::int64_t end = *to < 0 ? *to + static_cast<std::int64_t>(size) : *to;
    if (end < static_cast<std::int64_t>(*start)) return Piece{*start, 0};
    return Piece{*start, std::min(left, static_cast<std::size_t>(end) - *start + 1)};
  }
  if (left == 0) return std::nullopt;
  return Piece{*start, 1};
}

}  // namespace

Computed apply_binary(std::string_view sign, const Value& left, const Value& right) {
  if (sign == "==") return Value(equal(left, right));
  if (sign == "!=") return Value(!equal(left, right));
  if (sign == "=~") return search(left, right);
  if (sign == "**") return to_power(left, right);
  if (sign[0] == '<' || sign[0] == '>') return compare(sign, left, right);

  const auto* x = left.as<std::int64_t>();
  const auto* y = right.as<std::int64_t>();
  if (x != nullptr && y != nullptr) return whole_arithmetic(sign[0], *x, *y);
  const auto a = number(left);
  const auto b = number(right);
  if (a && b) return decimal_arithmetic(sign[0], *a, *b);
  if (sign == "+") return plus(left, right);
  if (sign == "-") return minus(left, right);
  if (sign == "*") return times(left, right);
  return cannot(sign == "/" ? "divide" : "take the rest of", left, right);
}

Computed apply_minus(const Value& value) {
  if (const auto* whole = value.as<std::int64_t>()) return whole_arithmetic('-', 0, *whole);
  if (const auto* decimals = value.as<double>()) return Value(-*decimals);
  if (const auto* span = value.as<Span>()) return add_spans(Span{}, *span, -1);
  return Err{"cannot take minus " + kind_of(value)};
}

Computed apply_index(const Value& on, const Value& from, const Value* to, const Value* count) {
  const auto* start = from.as<std::int64_t>();
  const auto* end = to == nullptr ? nullptr : to->as<std::int64_t>();
  const auto* length = count == nullptr ? nullptr : count->as<std::int64_t>();
  const bool numbers = start != nullptr && (to == nullptr || end != nullptr) &&
                       (count == nullptr || length != nullptr);
  if (!numbers) return Err{std::string("an index must be a whole number")};
  if (const auto* list = on.as<Value::List>()) {
    const auto part = piece(list->size(), *start, end, length);
    if (!part) return Value();
    if (to == nullptr && count == nullptr) return (*list)[part->from];
    const auto first = list->begin() + static_cast<std::ptrdiff_t>(part->from);
    return Value(Value::List(first, first + static_cast<std::ptrdiff_t>(part->count)));
  }
  if (const auto* text = on.as<std::string>()) {
    std::vector<std::size_t> starts;  // of the characters, and the end
    for (std::size_t i = 0; i < text->size(); ++i) {
      if ((static_cast<unsigned char>((*text)[i]) & 0xC0) != 0x80) starts.push_back(i);
    }
    starts.push_back(text->size());
    const auto part = piece(starts.size() - 1, *start, end, length);
    if (!part) return Value();
    const auto begin = starts[part->from];
    return Value(text->substr(begin, starts[part->from + part->count] - begin));
  }
  return Err{kind_of(on) + " has no parts to be counted"};
}

}  // namespace pim::data::mockaroo
