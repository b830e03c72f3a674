#include "data/mockaroo/formula_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pim::data::mockaroo {
namespace {

// Longer signs first.
constexpr auto kSigns = std::to_array<std::string_view>({
    "...", "**", "==", "!=", "<=", ">=", "=~", "&&", "||", "=>", "..", "+", "-", "*",
    "/",   "%",  "<",  ">",  "!",  "?",  ":",  "(",  ")",  "[",  "]",  ",", ".", ";",
});
// After these a `/` begins a regex.
constexpr auto kBeforeValue = std::to_array<std::string_view>(
    {"if", "elsif", "else", "unless", "then", "and", "or", "not", "case", "when"});

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_numeral(char c) { return c >= '0' && c <= '9'; }

class FormulaLexer {
 public:
  FormulaLexer(std::string_view source, std::size_t base) : source_(source), base_(base) {}

  Result<std::vector<Token>, LexError> run() {
    while (true) {
      skip_blanks();
      Token token;
      token.at = base_ + at_;
      if (at_ >= source_.size()) {
        tokens_.push_back(std::move(token));
        return std::move(tokens_);
      }
      if (auto problem = next(token)) return Err{*problem};
      tokens_.push_back(std::move(token));
    }
  }

 private:
  using Problem = std::optional<LexError>;
  Problem fail(std::size_t at, std::string message) const {
    return LexError{base_ + at, std::move(message)};
  }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  void skip_blanks() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '#') {  // a comment
        while (at_ < source_.size() && source_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  Problem next(Token& token) {
    const char c = peek();
    if (is_numeral(c)) return number(token);
    if (is_letter(c)) {
      name(token);
      return {};
    }
    if (c == '\'') return single_quoted(token);
    if (c == '"') return double_quoted(token);
    if (c == '/' && value_expected()) return regex(token);
    for (const auto sign : kSigns) {
      if (!source_.substr(at_).starts_with(sign)) continue;
      token.kind = Token::Kind::sign;
      token.text = sign;
      at_ += sign.size();
      return {};
    }
    if (c == '=') return fail(at_, "variables of a formula's own are not known here; == compares");
    return fail(at_, std::string("'") + c + "' is not known here");
  }

  bool value_expected() const {
    if (tokens_.empty()) return true;
    const Token& last = tokens_.back();
    if (last.kind == Token::Kind::sign) return last.text != ")" && last.text != "]";
    return last.kind == Token::Kind::name &&
           std::ranges::find(kBeforeValue, last.text) != kBeforeValue.end();
  }

  Problem number(Token& token) {
    const auto start = at_;
    std::string digits;
    const auto take_digits = [&] {
      while (is_numeral(peek()) || (peek() == '_' && is_numeral(peek(1)))) {
        if (peek() != '_') digits += peek();
        ++at_;
      }
    };
    take_digits();
    token.kind = Token::Kind::whole;
    if (peek() == '.' && is_numeral(peek(1))) {
      token.kind = Token::Kind::decimal;
      digits += '.';
      ++at_;
      take_digits();
    }
    if (is_letter(peek())) return fail(start, "a number ends in a letter");
    const auto* end = digits.data() + digits.size();
    const auto problem = token.kind == Token::Kind::whole
                             ? std::from_chars(digits.data(), end, token.whole).ec
                             : std::from_chars(digits.data(), end, token.decimal).ec;
    if (problem != std::errc{}) return fail(start, "this number is too large");
    return {};
  }

  void name(Token& token) {
    const auto start = at_;
    while (is_letter(peek()) || is_numeral(peek())) ++at_;
    // `empty?` and the like: a question mark that a call follows
    if (peek() == '?' && !tokens_.empty() && tokens_.back().text == ".") ++at_;
    token.kind = Token::Kind::name;
    token.text = source_.substr(start, at_ - start);
  }

  Problem single_quoted(Token& token) {
    const auto start = at_++;
    std::string text;
    while (peek() != '\'') {
      if (at_ >= source_.size()) return fail(start, "this quote is never closed");
      if (peek() == '\\' && (peek(1) == '\'' || peek(1) == '\\')) ++at_;
      text += source_[at_++];
    }
    ++at_;
    token.kind = Token::Kind::text;
    if (!text.empty()) token.pieces.push_back({false, std::move(text), base_ + start});
    return {};
  }

  Problem double_quoted(Token& token) {
    const auto start = at_++;
    std::string text;
    const auto flush = [&] {
      if (!text.empty()) token.pieces.push_back({false, std::move(text), base_ + start});
      text.clear();
    };
    while (peek() != '"') {
      if (at_ >= source_.size()) return fail(start, "this quote is never closed");
      if (peek() == '#' && peek(1) == '{') {
        flush();
        if (auto problem = interpolation(token)) return problem;
      } else if (peek() == '\\' && at_ + 1 < source_.size()) {
        const char c = peek(1);
        text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        at_ += 2;
      } else {
        text += source_[at_++];
      }
    }
    ++at_;
    flush();
    token.kind = Token::Kind::text;
    return {};
  }

  // The code may hold quotes and braces of its own, but no text with a brace in it.
  Problem interpolation(Token& token) {
    const auto start = at_;
    at_ += 2;
    int open = 1;
    const auto from = at_;
    while (open > 0) {
      if (at_ >= source_.size()) return fail(start, "this #{ is never closed");
      if (peek() == '{') ++open;
      if (peek() == '}') --open;
      ++at_;
    }
    token.pieces.push_back({true, std::string(source_.substr(from, at_ - 1 - from)), base_ + from});
    return {};
  }

  Problem regex(Token& token) {
    const auto start = at_++;
    bool brackets = false;
    while (peek() != '/' || brackets) {
      if (at_ >= source_.size()) return fail(start, "this regex is never closed");
      if (peek() == '[') brackets = true;
      if (peek() == ']') brackets = false;
      if (peek() == '\\' && peek(1) == '/') {
        ++at_;
      } else if (peek() == '\\' && at_ + 1 < source_.size()) {
        token.text += source_[at_++];
      }
      token.text += source_[at_++];
    }
    ++at_;
    if (peek() == 'i') {
      token.ignore_case = true;
      ++at_;
    }
    if (is_letter(peek())) return fail(at_, "only the flag i is known of regexes");
    token.kind = Token::Kind::regex;
    return {};
  }

  std::string_view source_;
  std::size_t base_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>, LexError> lex_formula(std::string_view source, std::size_t base) {
  return FormulaLexer(source, base).run();
}

}  // namespace pim::data::mockaroo
