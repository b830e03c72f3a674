#include "data/mockaroo/formula_functions.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "data/hex.h"
#include "data/mockaroo/draw.h"
#include "data/mockaroo/formula_text.h"
#include "data/mockaroo/strftime.h"
#include "domain/calendar.h"

namespace pim::data::mockaroo {
namespace {

using Arguments = std::span<const Value>;
constexpr std::size_t kAnyNumber = 100;
constexpr std::string_view kDateForm = "%m/%d/%Y";  // of date(), as Mockaroo documents it

Err<std::string> wants(std::string_view what, const Value& got) {
  return Err{std::string(what) + " is expected, not " + kind_of(got)};
}

const std::string* text_in(const Value& value) { return value.as<std::string>(); }

std::optional<double> number_in(const Value& value) {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* decimal = value.as<double>()) return *decimal;
  return std::nullopt;
}

Computed whole_number(double value) {
  if (!(std::fabs(value) < 9.2e18)) return Err{std::string("this becomes too large")};
  return Value(static_cast<std::int64_t>(value));
}

// Texts

Computed concat(Arguments arguments, FormulaRow&) {
  std::string joined;
  for (const auto& each : arguments) {
    joined += to_text(each);
    if (joined.size() > kMaxTextBytes) return Err{std::string("this text becomes too long")};
  }
  return Value(std::move(joined));
}

template <std::string (*kChange)(std::string_view)>
Computed changed(Arguments arguments, FormulaRow&) {
  if (arguments[0].is_nil()) return Value();
  return Value(kChange(to_text(arguments[0])));
}

Computed length(Arguments arguments, FormulaRow&) {
  if (const auto* list = arguments[0].as<Value::List>()) {
    return Value(static_cast<std::int64_t>(list->size()));
  }
  return Value(static_cast<std::int64_t>(characters(to_text(arguments[0]))));
}

template <bool kLeft>
Computed pad(Arguments arguments, FormulaRow&) {
  const auto* width = arguments[1].as<std::int64_t>();
  if (width == nullptr) return wants("a width", arguments[1]);
  const std::string fill = arguments.size() > 2 ? to_text(arguments[2]) : " ";
  return padded_text(to_text(arguments[0]), *width, fill, kLeft);
}

Computed replace(Arguments arguments, FormulaRow&) {
  return replaced(to_text(arguments[0]), arguments[1], to_text(arguments[2]), true);
}

Computed split(Arguments arguments, FormulaRow&) {
  return split_text(to_text(arguments[0]), arguments[1]);
}

Computed join(Arguments arguments, FormulaRow&) {
  const auto* list = arguments[0].as<Value::List>();
  if (list == nullptr) return wants("a list", arguments[0]);
  const std::string between = arguments.size() > 1 ? to_text(arguments[1]) : "";
  std::string joined;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (i > 0) joined += between;
    joined += to_text((*list)[i]);
    if (joined.size() > kMaxTextBytes) return Err{std::string("this text becomes too long")};
  }
  return Value(std::move(joined));
}

Computed format(Arguments arguments, FormulaRow&) {
  const auto* form = text_in(arguments[0]);
  if (form == nullptr) return wants("a format", arguments[0]);
  return format_text(*form, arguments.subspan(1));
}

std::string hex_of(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string base64_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                    reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Computed base64(Arguments arguments, FormulaRow&) {
  return Value(base64_of(to_text(arguments[0])));
}
Computed hex(Arguments arguments, FormulaRow&) { return Value(hex_of(to_text(arguments[0]))); }

Computed digest(Arguments arguments, FormulaRow&) {
  const std::string name = arguments.size() > 1 ? upper_case(to_text(arguments[1])) : "SHA256";
  constexpr auto kKnown =
      std::to_array<std::string_view>({"MD5", "SHA1", "SHA256", "SHA384", "SHA512"});
  if (std::ranges::find(kKnown, name) == kKnown.end()) {
    return Err{std::string("digest() knows MD5, SHA1, SHA256, SHA384 and SHA512 here")};
  }
  const std::string coding = arguments.size() > 2 ? to_text(arguments[2]) : "hex";
  if (coding != "hex" && coding != "base64")
    return Err{std::string("digest() writes hex or base64")};
  const std::string text = to_text(arguments[0]);
  std::string bytes(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
                 EVP_get_digestbyname(name.c_str()), nullptr) != 1) {
    return Err{"this machine's OpenSSL has no " + name};
  }
  bytes.resize(size);
  return Value(coding == "hex" ? hex_of(bytes) : base64_of(bytes));
}

// Numbers

Computed random(Arguments arguments, FormulaRow& row) {
  Draw draw(row.draw(), "random", 0, 0);
  const Value& a = arguments[0];
  const Value& b = arguments[1];
  const auto* low = a.as<std::int64_t>();
  const auto* high = b.as<std::int64_t>();
  if (low != nullptr && high != nullptr) {
    return Value(draw.between(std::min(*low, *high), std::max(*low, *high)));
  }
  const auto x = number_in(a);
  const auto y = number_in(b);
  if (x && y) return Value(*x + (*y - *x) * draw.unit());
  const auto* from = a.as<Moment>();
  const auto* to = b.as<Moment>();
  if (from != nullptr && to != nullptr) {
    const auto [first, last] = std::minmax(from->millis, to->millis);
    return Value(Moment{first + draw.between(0, (last - first) / 1000) * 1000, from->format});
  }
  return Err{std::string("random() takes two numbers or two dates")};
}

Computed round(Arguments arguments, FormulaRow&) {
  const auto number = number_in(arguments[0]);
  if (!number) return wants("a number", arguments[0]);
  if (arguments.size() == 1) return whole_number(std::round(*number));
  const auto* decimals = arguments[1].as<std::int64_t>();
  if (decimals == nullptr || *decimals < 0 || *decimals > 15) {
    return Err{std::string("round() takes 0 to 15 decimals")};
  }
  if (*decimals == 0) return whole_number(std::round(*number));
  const double scale = std::pow(10.0, static_cast<double>(*decimals));
  if (std::fabs(*number) * scale > 9e15) return Value(*number);
  return Value(std::round(*number * scale) / scale);
}

template <double (*kChange)(double)>
Computed rounded(Arguments arguments, FormulaRow&) {
  const auto number = number_in(arguments[0]);
  if (!number) return wants("a number", arguments[0]);
  return whole_number(kChange(*number));
}
double floor_of(double value) { return std::floor(value); }
double ceil_of(double value) { return std::ceil(value); }

Computed absolute(Arguments arguments, FormulaRow&) {
  const auto* whole = arguments[0].as<std::int64_t>();
  if (whole != nullptr) return *whole < 0 ? apply_minus(arguments[0]) : Computed(arguments[0]);
  const auto* decimal = arguments[0].as<double>();
  if (decimal == nullptr) return wants("a number", arguments[0]);
  return Value(std::fabs(*decimal));
}

Computed extreme(Arguments arguments, std::string_view sign) {
  Value best = arguments[0];
  for (const auto& each : arguments.subspan(1)) {
    const auto better = apply_binary(sign, each, best);
    if (!better) return better;
    if (better->truthy()) best = each;
  }
  return best;
}
Computed least(Arguments arguments, FormulaRow&) { return extreme(arguments, "<"); }
Computed greatest(Arguments arguments, FormulaRow&) { return extreme(arguments, ">"); }

// Dates

Computed date(Arguments arguments, FormulaRow&) {
  if (arguments[0].as<Moment>() != nullptr) return arguments[0];
  const auto* text = text_in(arguments[0]);
  if (text == nullptr) return wants("a text", arguments[0]);
  const std::string form = arguments.size() > 1 ? to_text(arguments[1]) : std::string(kDateForm);
  if (const auto unknown = unknown_directive(form))
    return Err{"'" + *unknown + "' is not known in a date's form"};
  auto millis = parse_time(form, *text);
  // Mockaroo's own example writes date('2015-01-01')
  if (!millis && arguments.size() == 1) millis = parse_time("%Y-%m-%d", *text);
  if (!millis) return Err{"this is no date of the form " + form};
  return Value(Moment{*millis, arguments.size() > 1 ? form : std::string()});
}

Computed now(Arguments, FormulaRow& row) { return Value(Moment{row.now(), {}}); }

Computed generation_id(Arguments, FormulaRow& row) {
  const auto bytes = hex_of("mockaroo" + std::to_string(row.now()));
  return Value(bytes.substr(0, 8) + "-" + bytes.substr(8, 4) + "-4" + bytes.substr(12, 3) + "-8" +
               bytes.substr(15, 3) + "-" + bytes.substr(18, 12));
}

Computed date_diff(Arguments arguments, FormulaRow&) {
  const auto* from = arguments[1].as<Moment>();
  const auto* to = arguments[2].as<Moment>();
  if (from == nullptr || to == nullptr) return wants("a date", arguments[from == nullptr ? 1 : 2]);
  struct Unit {
    std::string_view name;
    std::int64_t millis;
  };
  constexpr auto kUnits = std::to_array<Unit>(
      {{"days", 86'400'000}, {"hours", 3'600'000}, {"minutes", 60'000}, {"seconds", 1'000}});
  const std::string name = to_text(arguments[0]);
  const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
  if (unit == kUnits.end())
    return Err{std::string("date_diff() counts days, hours, minutes or seconds")};
  return Value((from->millis - to->millis) / unit->millis);
}

template <int CivilTime::* kPart>
Computed part(Arguments arguments, FormulaRow&) {
  const auto* moment = arguments[0].as<Moment>();
  if (moment == nullptr) return wants("a date", arguments[0]);
  const int value = civil_time(UtcMillis{moment->millis}).*kPart;
  if (arguments.size() > 1 && arguments[1].truthy()) {
    return padded_text(std::to_string(value), 2, "0", true);
  }
  return Value(value);
}

Computed epoch(Arguments arguments, FormulaRow&) {
  const auto* moment = arguments[0].as<Moment>();
  if (moment == nullptr) return wants("a date", arguments[0]);
  return Value(moment->millis / 1000);
}

template <std::int64_t kMonths, std::int64_t kMillis>
Computed span(Arguments arguments, FormulaRow&) {
  const auto number = number_in(arguments[0]);
  if (!number) return wants("a number", arguments[0]);
  constexpr double kMost = 1e14;
  if (std::fabs(*number) * static_cast<double>(std::max(kMonths, kMillis)) > kMost) {
    return Err{std::string("this duration is too long")};
  }
  if (kMonths > 0) return Value(Span{static_cast<std::int64_t>(*number) * kMonths, 0});
  return Value(Span{0, static_cast<std::int64_t>(std::llround(*number * kMillis))});
}

// Sorted by name.
constexpr auto kFunctions = std::to_array<FormulaFunction>({
    {"abs", 1, 1, absolute},
    {"base64", 1, 1, base64},
    {"capitalize", 1, 1, changed<capitalized>},
    {"ceil", 1, 1, rounded<ceil_of>},
    {"concat", 1, kAnyNumber, concat},
    {"data_generation_started_at", 0, 0, now},
    {"data_generation_uuid", 0, 0, generation_id},
    {"date", 1, 2, date},
    {"date_diff", 3, 3, date_diff},
    {"day", 1, 2, part<&CivilTime::day>},
    {"days", 1, 1, span<0, 86'400'000>},
    {"digest", 1, 3, digest},
    {"epoch", 1, 1, epoch},
    {"floor", 1, 1, rounded<floor_of>},
    {"format", 1, kAnyNumber, format},
    {"hex", 1, 1, hex},
    {"hour", 1, 2, part<&CivilTime::hour>},
    {"hours", 1, 1, span<0, 3'600'000>},
    {"join", 1, 2, join},
    {"length", 1, 1, length},
    {"lower", 1, 1, changed<lower_case>},
    {"lpad", 2, 3, pad<true>},
    {"max", 2, kAnyNumber, greatest},
    {"min", 2, kAnyNumber, least},
    {"minute", 1, 2, part<&CivilTime::minute>},
    {"minutes", 1, 1, span<0, 60'000>},
    {"month", 1, 2, part<&CivilTime::month>},
    {"months", 1, 1, span<1, 0>},
    {"now", 0, 0, now},
    {"pad", 2, 3, pad<true>},
    {"random", 2, 2, random},
    {"replace", 3, 3, replace},
    {"round", 1, 2, round},
    {"rpad", 2, 3, pad<false>},
    {"second", 1, 2, part<&CivilTime::second>},
    {"seconds", 1, 1, span<0, 1'000>},
    {"split", 2, 2, split},
    {"titleize", 1, 1, changed<titled>},
    {"trim", 1, 1, changed<stripped>},
    {"upper", 1, 1, changed<upper_case>},
    {"weeks", 1, 1, span<0, 604'800'000>},
    {"year", 1, 2, part<&CivilTime::year>},
    {"years", 1, 1, span<12, 0>},
});
static_assert(std::ranges::is_sorted(kFunctions, {}, &FormulaFunction::name));

}  // namespace

const FormulaFunction* find_function(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kFunctions, name, {}, &FormulaFunction::name);
  return found != kFunctions.end() && found->name == name ? found : nullptr;
}

}  // namespace pim::data::mockaroo
