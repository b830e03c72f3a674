// Numbers, lists, dates, formulas: what a schema itself says.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "data/hex.h"
#include "data/mockaroo/formula_text.h"
#include "data/mockaroo/options.h"
#include "data/mockaroo/strftime.h"
#include "data/mockaroo/types.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::int64_t kMostItems = 100;  // of a JSON array
constexpr std::int64_t kMostWords = 1000;
constexpr std::string_view kDefaultFrom = "10/01/2024";  // of dates; fixed, as everything here is
constexpr std::string_view kDefaultTo = "09/30/2025";

std::string hex_digits(Draw& draw, std::size_t count) {
  std::string text;
  while (text.size() < count) {
    const auto word = draw.next();
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(word >> (8 * i));
    text += to_hex(bytes);
  }
  text.resize(count);
  return text;
}

// A random UUID: version 4, variant 1.
Made guid(const PreparedColumn&, CellMaker& cell) {
  std::string text = hex_digits(cell.draw(), 32);
  text[12] = '4';
  text[16] = "89ab"[cell.draw().below(4)];
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return Value(std::move(text));
}

Made row_number(const PreparedColumn&, CellMaker& cell) {
  return Value(static_cast<std::int64_t>(cell.position()) + 1);
}

void prepare_sequence(Options& options, PreparedColumn& into) {
  into.start = options.whole("start", options.whole("start_at", 1));
  into.step = options.whole("step", 1);
  into.repeat = options.whole("repeat", 1);
  if (into.repeat < 1) options.error("repeat", "must be at least 1");
}
Made sequence(const PreparedColumn& column, CellMaker& cell) {
  const auto turn = static_cast<std::int64_t>(cell.position()) / column.repeat;
  std::int64_t offset = 0;
  std::int64_t value = 0;
  if (__builtin_mul_overflow(turn, column.step, &offset) ||
      __builtin_add_overflow(offset, column.start, &value)) {
    return Err{std::string("the sequence becomes too large")};
  }
  return Value(value);
}

void prepare_range(Options& options, PreparedColumn& into, double min, double max, int decimals) {
  into.min = options.number("min", min);
  into.max = options.number("max", std::max(max, into.min));
  into.decimals = static_cast<int>(options.whole("decimals", decimals));
  if (into.min > into.max) options.error("min", "is above max");
  if (into.decimals < 0 || into.decimals > 10) options.error("decimals", "must be from 0 to 10");
}
void prepare_number(Options& options, PreparedColumn& into) {
  prepare_range(options, into, 1, 100, 0);
}

double rounded_to(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}
Value numeric(double value, int decimals) {
  if (decimals == 0) return {static_cast<std::int64_t>(std::llround(value))};
  return {rounded_to(value, decimals)};
}

// Of the steps of the last decimal that lie between.
Made number(const PreparedColumn& column, CellMaker& cell) {
  const double scale = std::pow(10.0, column.decimals);
  const double low = std::ceil(column.min * scale - 1e-9);
  const double high = std::max(low, std::floor(column.max * scale + 1e-9));
  const auto drawn = cell.draw().unit() * (high - low + 1);
  return numeric(std::min(high, low + std::floor(drawn)) / scale, column.decimals);
}

void prepare_money(Options& options, PreparedColumn& into) {
  prepare_range(options, into, 0, 10, 2);
  into.symbol = options.text("symbol", "$");
  if (into.symbol == "none" || into.symbol == "random") into.symbol.clear();
}

void prepare_normal(Options& options, PreparedColumn& into) {
  into.min = options.number("mean", 0);
  into.max = options.number("sd", options.number("stddev", 1));
  into.decimals = static_cast<int>(options.whole("decimals", 2));
  if (into.max < 0) options.error("sd", "must not be negative");
  if (into.decimals < 0 || into.decimals > 10) options.error("decimals", "must be from 0 to 10");
}
Made normal(const PreparedColumn& column, CellMaker& cell) {
  // Box-Muller, as Mockaroo says that it does
  const double u = 1 - cell.draw().unit();
  const double v = cell.draw().unit();
  const double z = std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
  return numeric(column.min + column.max * z, column.decimals);
}

void prepare_poisson(Options& options, PreparedColumn& into) {
  into.min = options.number("mean", options.number("lambda", 10));
  if (into.min < 0 || into.min > 500) options.error("mean", "must be from 0 to 500");
}
Made poisson(const PreparedColumn& column, CellMaker& cell) {
  const double end = std::exp(-column.min);
  std::int64_t count = -1;
  for (double product = 1; product > end && count < 10'000; ++count) product *= cell.draw().unit();
  return Value(std::max<std::int64_t>(count, 0));
}

void prepare_exponential(Options& options, PreparedColumn& into) {
  into.min = options.number("lambda", options.number("rate", 1));
  into.decimals = static_cast<int>(options.whole("decimals", 2));
  if (!(into.min > 0)) options.error("lambda", "must be above 0");
  if (into.decimals < 0 || into.decimals > 10) options.error("decimals", "must be from 0 to 10");
}
Made exponential(const PreparedColumn& column, CellMaker& cell) {
  return numeric(-std::log(1 - cell.draw().unit()) / column.min, column.decimals);
}

void prepare_probability(Options& options, PreparedColumn& into) {
  into.min = options.number("probability", 0.5);
  into.repeat = options.whole("trials", 10);
  if (!(into.min > 0) || into.min > 1)
    options.error("probability", "must be above 0 and at most 1");
  if (into.repeat < 0 || into.repeat > 10'000) options.error("trials", "must be from 0 to 10000");
}
Made binomial(const PreparedColumn& column, CellMaker& cell) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < column.repeat; ++i) count += cell.draw().unit() < column.min ? 1 : 0;
  return Value(count);
}
Made geometric(const PreparedColumn& column, CellMaker& cell) {
  if (column.min >= 1) return Value(std::int64_t{1});
  const double drawn = std::log(1 - cell.draw().unit()) / std::log(1 - column.min);
  return Value(static_cast<std::int64_t>(std::min(drawn, 1e15)) + 1);
}

Made boolean(const PreparedColumn&, CellMaker& cell) { return Value(cell.draw().below(2) == 1); }
Made blank(const PreparedColumn&, CellMaker&) { return Value(); }

// Custom lists

// Published lists keep the blanks that were typed behind a comma, their frequencies do not.
const JsonValue* weight_of(const JsonValue& weights, const std::string& value) {
  if (const auto* exact = weights.find(value)) return exact;
  const auto same = [&](const JsonMember& each) { return stripped(each.key) == stripped(value); };
  const auto found = std::ranges::find_if(weights.members, same);
  return found == weights.members.end() ? nullptr : &found->value;
}

void add_rule(Options& options, PreparedColumn& into, const JsonValue* rule,
              const JsonValue* weights) {
  WeightRule made;
  const std::string when = rule == nullptr ? "" : rule->as_text();
  if (!when.empty() && when != "always") {
    auto formula = Formula::parse(when);
    if (!formula) {
      options.error("distribution", "rule:" + std::to_string(formula.error().column) + ": " +
                                        formula.error().message);
      return;
    }
    made.when = std::move(*formula);
  }
  double sum = 0;
  for (std::size_t i = 0; i < into.values.size(); ++i) {
    const JsonValue* weight = weights->kind == JsonValue::Kind::object
                                  ? weight_of(*weights, into.values[i])
                              : i < weights->items.size() ? &weights->items[i]
                                                          : nullptr;
    const double value = weight == nullptr ? 0 : weight->as_number().value_or(-1);
    if (!(value >= 0) || value > 1e9) {
      options.error("distribution",
                    "the weight of '" + into.values[i] + "' must be a number from 0");
      return;
    }
    sum += value;
    made.cumulative.push_back(sum);
  }
  for (const auto& [name, weight] : weights->members) {
    const auto same = [&](const std::string& value) { return stripped(value) == stripped(name); };
    if (std::ranges::none_of(into.values, same)) {
      options.warning("distribution", "'" + name + "' is none of the values");
    }
  }
  if (!(sum > 0)) {
    options.error("distribution", "all weights are 0");
    return;
  }
  into.rules.push_back(std::move(made));
}

void prepare_distribution(Options& options, PreparedColumn& into) {
  const auto* distribution = options.take("distribution");
  if (distribution == nullptr) return;
  if (distribution->kind == JsonValue::Kind::text) {
    if (!distribution->text.empty()) options.error("distribution", "is of an unknown form");
    return;
  }
  if (distribution->kind == JsonValue::Kind::object) {
    add_rule(options, into, nullptr, distribution);
    return;
  }
  if (distribution->kind != JsonValue::Kind::array) {
    options.error("distribution", "is of an unknown form");
    return;
  }
  if (distribution->items.empty()) return;
  if (distribution->items.front().kind != JsonValue::Kind::object) {
    add_rule(options, into, nullptr, distribution);
    return;
  }
  for (const auto& item : distribution->items) {
    const auto* weights = item.find("frequencies");
    if (weights == nullptr) {
      options.error("distribution", "a rule has no frequencies");
      return;
    }
    add_rule(options, into, item.find("rule"), weights);
  }
}

void prepare_selection(Options& options, PreparedColumn& into) {
  const auto style = options.text("selectionStyle", options.text("selection_style", "random"));
  into.selection = style == "sequential"  ? Selection::sequential
                   : style == "cartesian" ? Selection::cartesian
                                          : Selection::random;
  constexpr auto kStyles = std::to_array<std::string_view>(
      {"", "random", "sequential", "cartesian", "custom", "advanced", "weighted"});
  if (std::ranges::find(kStyles, style) == kStyles.end()) {
    options.error("selectionStyle", "'" + style + "' is no style that is known here");
  }
}

void prepare_list(Options& options, PreparedColumn& into) {
  into.values = options.list("values");
  if (into.values.empty()) options.error("values", "is missing or empty");
  prepare_selection(options, into);
  if (into.selection == Selection::random) {
    prepare_distribution(options, into);
  } else {
    options.take("distribution");  // stays in a backup when the style is changed
  }
}

std::size_t weighted(const std::vector<double>& cumulative, Draw& draw) {
  const double drawn = draw.unit() * cumulative.back();
  const auto found = std::ranges::upper_bound(cumulative, drawn);
  return std::min(static_cast<std::size_t>(found - cumulative.begin()), cumulative.size() - 1);
}

Made custom_list(const PreparedColumn& column, CellMaker& cell) {
  for (const auto& rule : column.rules) {
    if (rule.when) {
      const auto holds = cell.run(*rule.when);
      if (!holds) return Err{"distribution: " + holds.error()};
      if (!holds->truthy()) continue;
    }
    return Value(column.values[weighted(rule.cumulative, cell.draw())]);
  }
  if (column.selection == Selection::random) {
    return Value(column.values[cell.draw().below(column.values.size())]);
  }
  return Value(column.values[cell.position() / column.cartesian_step % column.values.size()]);
}

// Datasets

void prepare_dataset_column(Options& options, PreparedColumn& into) {
  into.dataset = options.text("dataset");
  into.dataset_column = options.text("column");
  if (into.dataset.empty()) options.error("dataset", "is missing");
  prepare_selection(options, into);
  const auto* distribution = options.take("distribution");
  if (options.text("selectionStyle") != "weighted") return;
  if (distribution == nullptr || distribution->items.empty()) {
    options.warning("selectionStyle", "has no weights: each row of the dataset comes as often");
  } else {
    options.error("distribution", "weights of a dataset's rows are not known here");
  }
}
Made dataset_column(const PreparedColumn& column, CellMaker& cell) {
  return cell.dataset_cell(column);
}

// Dates

std::optional<std::int64_t> bound(const std::string& text) {
  constexpr auto kForms = std::to_array<std::string_view>(
      {"%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S",
       "%Y-%m-%dT%H:%M:%S.%LZ"});
  for (const auto form : kForms) {
    if (const auto millis = parse_time(form, text)) return millis;
  }
  return std::nullopt;
}

void prepare_format(Options& options, PreparedColumn& into, std::string_view fallback) {
  into.format = options.text("format", std::string(fallback));
  if (into.format.empty()) into.format = fallback;
  if (into.format.size() > 200) options.error("format", "is too long");
  if (const auto unknown = unknown_directive(into.format)) {
    options.error("format", "'" + *unknown + "' is not known here");
  } else if (into.format.find('%') == std::string::npos) {
    options.error("format", "must be of strftime's form, such as %m/%d/%Y");
  }
}

void prepare_datetime(Options& options, PreparedColumn& into) {
  prepare_format(options, into, "%m/%d/%Y");
  const auto from = bound(options.text("min", std::string(kDefaultFrom)));
  const auto to = bound(options.text("max", std::string(kDefaultTo)));
  if (!from) options.error("min", "must be a date such as 12/31/2025");
  if (!to) options.error("max", "must be a date such as 12/31/2025");
  into.first_millis = from.value_or(0);
  into.last_millis = to.value_or(0);
  if (from && to && *from > *to) options.error("min", "is after max");
}
Made datetime(const PreparedColumn& column, CellMaker& cell) {
  // the last day is one of them, to its end
  const auto seconds = (column.last_millis - column.first_millis) / 1000;
  const bool whole_day = column.last_millis % 86'400'000 == 0;
  const auto offset = cell.draw().between(0, seconds + (whole_day ? 86'399 : 0));
  return Value(Moment{column.first_millis + offset * 1000, column.format});
}

std::optional<std::int64_t> clock_time(const std::string& text) {
  constexpr auto kForms =
      std::to_array<std::string_view>({"%I:%M %p", "%H:%M", "%H:%M:%S", "%I:%M:%S %p"});
  for (const auto form : kForms) {
    if (const auto millis = parse_time(form, text)) return millis;
  }
  return std::nullopt;
}
void prepare_time(Options& options, PreparedColumn& into) {
  prepare_format(options, into, "%-I:%M %p");
  const auto from = clock_time(options.text("min", "12:00 AM"));
  const auto to = clock_time(options.text("max", "11:59 PM"));
  if (!from) options.error("min", "must be a time such as 8:30 AM");
  if (!to) options.error("max", "must be a time such as 8:30 AM");
  into.first_millis = from.value_or(0);
  into.last_millis = to.value_or(0);
  if (from && to && *from > *to) options.error("min", "is after max");
}
Made clock(const PreparedColumn& column, CellMaker& cell) {
  const auto minutes = (column.last_millis - column.first_millis) / 60'000;
  const auto at = column.first_millis + cell.draw().between(0, minutes) * 60'000;
  return Value(format_time(column.format, at));
}

// Computed

void prepare_formula(Options& options, PreparedColumn& into) {
  const std::string text = options.text("value");
  // some backups of Formula columns have only `formula`
  if (text.empty() && !options.column().formula.empty()) return;
  if (text.empty()) {
    options.error("value", "is missing: a formula");
    return;
  }
  auto formula = Formula::parse(text);
  if (!formula) {
    options.error("value", std::to_string(formula.error().column) + ": " + formula.error().message);
    return;
  }
  into.value = std::move(*formula);
}
Made formula_value(const PreparedColumn& column, CellMaker& cell) {
  if (!column.value) return Value();
  return cell.run(*column.value);
}

// Columns' names in braces: `{first_name}`, `{{first_name}}` or `#{first_name}`.
void prepare_template(Options& options, PreparedColumn& into) {
  const std::string text = options.text("value", options.text("template"));
  if (text.empty()) options.error("value", "is missing");
  std::size_t from = 0;
  while (from < text.size()) {
    const auto open = text.find('{', from);
    const auto start = text.find_first_not_of('{', open);
    const auto close = start == text.npos ? text.npos : text.find('}', start);
    if (open == text.npos || close == text.npos) break;
    const std::size_t before = open > from && text[open - 1] == '#' ? open - 1 : open;
    into.pieces.emplace_back(false, text.substr(from, before - from));
    into.pieces.emplace_back(true, text.substr(start, close - start));
    from = std::min(text.find_first_not_of('}', close), text.size());
  }
  into.pieces.emplace_back(false, text.substr(from));
  if (into.pieces.size() == 1) options.warning("value", "names no column: {column} is one's value");
}
Made template_text(const PreparedColumn& column, CellMaker& cell) {
  std::string text;
  for (const auto& [is_column, piece] : column.pieces) {
    if (!is_column) {
      text += piece;
      continue;
    }
    const auto value = cell.column(piece);
    if (!value) return value;
    text += to_text(*value);
  }
  return Value(std::move(text));
}

void prepare_regex(Options& options, PreparedColumn& into) {
  const std::string pattern = options.text("value", options.text("regex"));
  auto regex = Regex::parse(pattern);
  if (pattern.empty()) {
    options.error("value", "is missing: a regular expression");
  } else if (!regex) {
    options.error("value", std::to_string(regex.error().at + 1) + ": " + regex.error().message);
  } else {
    into.regex = std::move(*regex);
  }
}
Made from_regex(const PreparedColumn& column, CellMaker& cell) {
  return column.regex ? Value(column.regex->generate(cell.draw())) : Value();
}

char random_of(std::string_view letters, Draw& draw) { return letters[draw.below(letters.size())]; }

void prepare_characters(Options& options, PreparedColumn& into) {
  into.format = options.text("format", options.text("value", "###-##-####"));
  if (into.format.size() > 1000) options.error("format", "is too long");
}
// # a digit, @ a lower-case letter, ^ an upper-case one, * any, $ a digit or lower case, % a digit
// or upper case.
Made characters_of(const PreparedColumn& column, CellMaker& cell) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kDigitOrLower = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kDigitOrUpper = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kAll =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string text;
  for (const char c : column.format) {
    const auto letters = c == '#'   ? kDigits
                         : c == '@' ? kLower
                         : c == '^' ? kUpper
                         : c == '*' ? kAll
                         : c == '$' ? kDigitOrLower
                         : c == '%' ? kDigitOrUpper
                                    : std::string_view{};
    text += letters.empty() ? c : random_of(letters, cell.draw());
  }
  return Value(std::move(text));
}

void prepare_array(Options& options, PreparedColumn& into) {
  into.start = options.whole("minItems", options.whole("min_items", 0));
  into.step =
      options.whole("maxItems", options.whole("max_items", std::max<std::int64_t>(into.start, 5)));
  if (into.start < 0 || into.step > kMostItems) options.error("maxItems", "must be from 0 to 100");
  if (into.start > into.step) options.error("minItems", "is above maxItems");
}
Made array_of(const PreparedColumn& column, CellMaker& cell) { return cell.json_array(column); }

// Words

constexpr auto kLorem = std::to_array<std::string_view>(
    {"lorem",      "ipsum",    "dolor",     "sit",       "amet",     "consectetuer",
     "adipiscing", "elit",     "proin",     "risus",     "praesent", "lectus",
     "vestibulum", "quam",     "sapien",    "varius",    "ut",       "blandit",
     "non",        "interdum", "in",        "ante",      "duis",     "faucibus",
     "accumsan",   "odio",     "curabitur", "convallis", "nulla",    "mollis",
     "molestie",   "lacinia",  "eget",      "tempus",    "vel",      "pede"});

void prepare_words(Options& options, PreparedColumn& into) {
  into.start = options.whole("min", 1);
  into.step = options.whole("max", std::max<std::int64_t>(into.start, 10));
  if (into.start < 0 || into.step > kMostWords) options.error("max", "must be from 0 to 1000");
  if (into.start > into.step) options.error("min", "is above max");
}
std::string words(Draw& draw, std::int64_t count) {
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += kLorem[draw.below(kLorem.size())];
  }
  return text;
}
std::string sentence(Draw& draw) {
  std::string text = words(draw, draw.between(4, 12));
  text[0] = static_cast<char>(text[0] - 32);
  return text + ".";
}
std::string sentences(Draw& draw, std::int64_t count) {
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) text += (i > 0 ? " " : "") + sentence(draw);
  return text;
}
Made some_words(const PreparedColumn& column, CellMaker& cell) {
  return Value(words(cell.draw(), cell.draw().between(column.start, column.step)));
}
Made some_sentences(const PreparedColumn& column, CellMaker& cell) {
  return Value(sentences(cell.draw(), cell.draw().between(column.start, column.step)));
}
Made some_paragraphs(const PreparedColumn& column, CellMaker& cell) {
  const auto count = cell.draw().between(column.start, std::min<std::int64_t>(column.step, 100));
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) text += (i > 0 ? "\n" : "") + sentences(cell.draw(), 3);
  return Value(std::move(text));
}

template <std::size_t kDigits>
Made hash_digits(const PreparedColumn&, CellMaker& cell) {
  return Value(hex_digits(cell.draw(), kDigits));
}
template <std::size_t kDigits>
Made hex_color(const PreparedColumn&, CellMaker& cell) {
  return Value("#" + hex_digits(cell.draw(), kDigits));
}
Made color(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kColors = std::to_array<std::string_view>(
      {"Red", "Blue", "Green", "Yellow", "Orange", "Purple", "Pink", "Teal", "Maroon", "Violet",
       "Indigo", "Turquoise", "Khaki", "Crimson", "Aquamarine", "Goldenrod", "Mauve", "Puce"});
  return Value(std::string(kColors[cell.draw().below(kColors.size())]));
}

constexpr auto kPlain = std::to_array<TypeInfo>({
    {"GUID", nullptr, guid},
    {"Row Number", nullptr, row_number},
    {"Sequence", prepare_sequence, sequence},
    {"Number", prepare_number, number},
    {"Money", prepare_money, number},
    {"Normal Distribution", prepare_normal, normal},
    {"Poisson Distribution", prepare_poisson, poisson},
    {"Exponential Distribution", prepare_exponential, exponential},
    {"Binomial Distribution", prepare_probability, binomial},
    {"Geometric Distribution", prepare_probability, geometric},
    {"Boolean", nullptr, boolean},
    {"Blank", nullptr, blank},
    {"Custom List", prepare_list, custom_list},
    {"Dataset Column", prepare_dataset_column, dataset_column},
    {"Datetime", prepare_datetime, datetime},
    {"Date", prepare_datetime, datetime},
    {"Time", prepare_time, clock},
    {"Formula", prepare_formula, formula_value},
    {"Template", prepare_template, template_text},
    {"Regular Expression", prepare_regex, from_regex},
    {"Character Sequence", prepare_characters, characters_of},
    {"Digit Sequence", prepare_characters, characters_of},
    {"JSON Array", prepare_array, array_of},
    {"Words", prepare_words, some_words},
    {"Sentences", prepare_words, some_sentences},
    {"Paragraphs", prepare_words, some_paragraphs},
    {"Color", nullptr, color},
    {"Hex Color", nullptr, hex_color<6>},
    {"Short Hex Color", nullptr, hex_color<3>},
    {"MD5", nullptr, hash_digits<32>},
    {"SHA1", nullptr, hash_digits<40>},
    {"SHA256", nullptr, hash_digits<64>},
});

}  // namespace

std::span<const TypeInfo> plain_types() { return kPlain; }

}  // namespace pim::data::mockaroo
