#include "data/mockaroo/formula_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>

#include "data/mockaroo/regex.h"

namespace pim::data::mockaroo {
namespace {

Err<std::string> text_too_long() { return Err{std::string("this text becomes too long")}; }

char upper_char(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `\1` and `\\1` of a replacement: the groups of what was found.
std::string with_groups(const std::string& with, const std::string& text, const RegexMatch& match) {
  std::string out;
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (with[i] != '\\' || i + 1 >= with.size()) {
      out += with[i];
      continue;
    }
    const char next = with[++i];
    if (next < '0' || next > '9') {
      out += next;
      continue;
    }
    const auto number = static_cast<std::size_t>(next - '0');
    if (number >= match.groups.size() || match.groups[number].first == RegexMatch::kNone) continue;
    const auto [from, to] = match.groups[number];
    out.append(text, from, to - from);
  }
  return out;
}

Computed replaced_regex(const std::string& text, const Regex& regex, const std::string& with,
                        bool all) {
  std::string out;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto found = regex.search(text, at);
    if (!found) return Err{found.error()};
    if (!*found) break;
    const auto [from, to] = (*found)->groups[0];
    out.append(text, at, from - at);
    out += with_groups(with, text, **found);
    if (out.size() > kMaxTextBytes) return text_too_long();
    if (to == from && to < text.size()) out += text[to];
    at = to == from ? to + 1 : to;
    if (!all) break;
  }
  if (at < text.size()) out.append(text, at, text.size() - at);
  if (out.size() > kMaxTextBytes) return text_too_long();
  return Value(std::move(out));
}

// One `%05.2f` of a format.
struct Directive {
  bool zero = false;
  bool left = false;
  bool plus = false;
  std::size_t width = 0;
  int precision = -1;
  char letter = 's';
};

std::size_t take_width(std::string_view& text) {
  std::size_t width = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9' && width < 1000) {
    width = width * 10 + static_cast<std::size_t>(text[0] - '0');
    text.remove_prefix(1);
  }
  return width;
}

bool take_directive(std::string_view& text, Directive& into) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text[0] == '0') {
      into.zero = true;
    } else if (text[0] == '-') {
      into.left = true;
    } else if (text[0] == '+') {
      into.plus = true;
    } else {
      break;
    }
  }
  into.width = take_width(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    into.precision = static_cast<int>(take_width(text));
  }
  if (text.empty()) return false;
  into.letter = text[0];
  text.remove_prefix(1);
  return into.width < 1000 && into.precision < 30 &&
         std::string_view("disfxX").find(into.letter) != std::string_view::npos;
}

std::string hex_text(std::uint64_t value, bool upper) {
  std::array<char, 20> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
  const std::string text(buffer.data(), end);
  return upper ? upper_case(text) : text;
}

Computed formatted(const Directive& directive, const Value& value) {
  std::string text;
  const auto* whole = value.as<std::int64_t>();
  const auto* decimal = value.as<double>();
  if (directive.letter == 's') {
    text = to_text(value);
  } else if (whole == nullptr && decimal == nullptr) {
    return Err{"a number is formatted so, not " + kind_of(value)};
  } else if (directive.letter == 'f') {
    const double number = whole != nullptr ? static_cast<double>(*whole) : *decimal;
    text = fixed_decimals(number, directive.precision < 0 ? 6 : directive.precision);
  } else {
    if (whole == nullptr && std::fabs(*decimal) > 9e15)
      return Err{std::string("this is too large")};
    const auto number = whole != nullptr ? *whole : static_cast<std::int64_t>(std::floor(*decimal));
    const bool hexadecimal = directive.letter == 'x' || directive.letter == 'X';
    if (hexadecimal && number < 0) return Err{std::string("a negative number has no such form")};
    text = hexadecimal ? hex_text(static_cast<std::uint64_t>(number), directive.letter == 'X')
                       : std::to_string(number);
  }
  const bool number = directive.letter != 's';
  if (number && directive.plus && text[0] != '-') text.insert(0, 1, '+');
  if (text.size() >= directive.width) return Value(std::move(text));
  const auto missing = directive.width - text.size();
  if (directive.left) {
    text.append(missing, ' ');
  } else if (directive.zero && number) {
    text.insert(text[0] == '-' || text[0] == '+' ? 1 : 0, missing, '0');
  } else {
    text.insert(0, missing, ' ');
  }
  return Value(std::move(text));
}

}  // namespace

std::string upper_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), upper_char);
  return out;
}
std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_char);
  return out;
}
std::string capitalized(std::string_view text) {
  std::string out = lower_case(text);
  if (!out.empty()) out[0] = upper_char(out[0]);
  return out;
}
std::string titled(std::string_view text) {
  std::string out = lower_case(text);
  bool first = true;
  for (char& c : out) {
    if (first) c = upper_char(c);
    first = c == ' ' || c == '-';
  }
  return out;
}
std::string stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto from = text.find_first_not_of(kBlanks);
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(kBlanks) - from + 1));
}
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Computed replaced(const std::string& text, const Value& find, const std::string& with, bool all) {
  if (const auto* regex = find.as<std::shared_ptr<const Regex>>()) {
    return replaced_regex(text, **regex, with, all);
  }
  const auto* what = find.as<std::string>();
  if (what == nullptr) return Err{"a text or a regex is replaced, not " + kind_of(find)};
  if (what->empty()) return Value(text);
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find(*what); found != text.npos; found = text.find(*what, at)) {
    out.append(text, at, found - at).append(with);
    at = found + what->size();
    if (out.size() > kMaxTextBytes) return text_too_long();
    if (!all) break;
  }
  out.append(text, at);
  if (out.size() > kMaxTextBytes) return text_too_long();
  return Value(std::move(out));
}

Computed split_text(const std::string& text, const Value& at) {
  Value::List parts;
  const auto* sign = at.as<std::string>();
  const auto* regex = at.as<std::shared_ptr<const Regex>>();
  if (sign == nullptr && regex == nullptr)
    return Err{"a text is split at a text, not at " + kind_of(at)};
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t start = text.npos;
    std::size_t end = text.npos;
    if (regex != nullptr) {
      const auto found = (*regex)->search(text, from);
      if (!found) return Err{found.error()};
      if (*found) std::tie(start, end) = (*found)->groups[0];
    } else if (!sign->empty()) {
      start = text.find(*sign, from);
      if (start != text.npos) end = start + sign->size();
    }
    if (start == text.npos) break;
    if (end == start) start = end = from + 1;  // between two characters
    if (start >= text.size() && end >= text.size() && start == end) break;
    parts.emplace_back(text.substr(from, start - from));
    if (parts.size() > kMaxListItems) return Err{std::string("this list becomes too long")};
    from = end;
  }
  if (from < text.size()) parts.emplace_back(text.substr(from));
  return Value(std::move(parts));
}

Computed padded_text(const std::string& text, std::int64_t width, const std::string& fill,
                     bool left) {
  if (fill.empty() || width > 1000) return Err{std::string("this cannot be padded so")};
  const auto length = static_cast<std::int64_t>(characters(text));
  std::string padding;
  const auto filler = static_cast<std::int64_t>(characters(fill));
  std::int64_t missing = width - length;
  for (; missing >= filler; missing -= filler) padding += fill;
  if (missing > 0) {
    const auto part = apply_index(Value(fill), Value(0), nullptr, nullptr);
    if (!part) return part;
    for (; missing > 0; --missing) padding += to_text(*part);
  }
  if (padding.size() + text.size() > kMaxTextBytes) return text_too_long();
  return Value(left ? padding + text : text + padding);
}

Computed format_text(const std::string& format, std::span<const Value> values) {
  std::string out;
  std::string_view rest = format;
  std::size_t next = 0;
  while (!rest.empty()) {
    if (rest[0] != '%') {
      out += rest[0];
      rest.remove_prefix(1);
      continue;
    }
    rest.remove_prefix(1);
    if (rest.starts_with('%')) {
      out += '%';
      rest.remove_prefix(1);
      continue;
    }
    Directive directive;
    if (!take_directive(rest, directive)) return Err{std::string("this format is not known here")};
    if (next >= values.size()) return Err{std::string("the format wants more values")};
    auto text = formatted(directive, values[next++]);
    if (!text) return text;
    out += to_text(*text);
    if (out.size() > kMaxTextBytes) return text_too_long();
  }
  return Value(std::move(out));
}

}  // namespace pim::data::mockaroo
