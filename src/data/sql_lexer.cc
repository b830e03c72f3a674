#include "data/sql_lexer.h"

#include <simdjson.h>

#include <algorithm>
#include <string_view>

namespace pim::data {
namespace {

constexpr int kSqlEnd = TextCursor::kEnd;

bool is_sql_digit(int c) { return c >= '0' && c <= '9'; }
bool is_sql_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80; }
bool is_word_part(int c) { return is_sql_letter(c) || is_sql_digit(c) || c == '_' || c == '$'; }
bool is_sql_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char sql_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

bool SqlToken::is_word(std::string_view wanted) const {
  return kind == Kind::word &&
         std::ranges::equal(text, wanted, [](char a, char b) { return sql_upper(a) == b; });
}

bool SqlLexer::skip_lines_to(std::string_view end) {
  std::string line;
  while (in_.peek() != kSqlEnd) {
    const int c = in_.take();
    if (c == '\n') {
      if (line == end) return true;
      line.clear();
    } else if (c != '\r' && line.size() <= end.size()) {
      line.push_back(static_cast<char>(c));
    }
  }
  return line == end;
}

SqlToken SqlLexer::next() {
  using Kind = SqlToken::Kind;
  SqlToken token;
  do {
    while (is_sql_space(in_.peek())) in_.take();
    token.place = in_.place();
  } while (skip_comment(token));
  const int c = in_.peek();
  if (c == kSqlEnd || !token.problem.empty()) return token;
  if (c == '\'') {
    token.kind = Kind::text;
    read_quoted(token, '\'', Escapes::by_dialect);
  } else if (c == '"') {
    token.kind = Kind::quoted;
    read_quoted(token, '"', is_mysql() ? Escapes::always : Escapes::never);
  } else if (c == '`' || c == '[') {
    if (c == '`') sign_of(Dialect::mysql);
    token.kind = Kind::name;
    read_quoted(token, c == '`' ? '`' : ']', Escapes::never);
  } else if (is_sql_digit(c) || (c == '.' && is_sql_digit(in_.peek_second()))) {
    token.kind = Kind::number;
    int last = 0;
    while (is_word_part(in_.peek()) || in_.peek() == '.' ||
           ((last == 'e' || last == 'E') && (in_.peek() == '-' || in_.peek() == '+'))) {
      last = in_.take();
      store(token, last);
    }
  } else if (is_sql_letter(c) || c == '_') {
    read_word(token);
  } else if (c == '$') {
    read_dollar(token);
  } else {
    token.kind = Kind::symbol;
    store(token, in_.take());
  }
  if (token.problem.empty() && !simdjson::validate_utf8(token.text)) {
    token.problem = "is not UTF-8: convert the file, e.g. iconv -f LATIN1 -t UTF-8";
  }
  return token;
}

// `-- ...`, `/* ... */`, and `# ...` at the start of a line (elsewhere it is an operator)
bool SqlLexer::skip_comment(SqlToken& token) {
  const int c = in_.peek();
  if ((c == '#' && token.place.column == 1) || (c == '-' && in_.peek_second() == '-')) {
    in_.skip_line();
    return true;
  }
  if (c != '/' || in_.peek_second() != '*') return false;
  in_.take();
  in_.take();
  if (in_.peek() == '!') sign_of(Dialect::mysql);
  int last = 0;
  while (in_.peek() != kSqlEnd) {
    const int now = in_.take();
    if (last == '*' && now == '/') return true;
    last = now;
  }
  token.problem = "this comment is never closed";
  token.cut = true;
  return false;
}

void SqlLexer::store(SqlToken& token, int c) {
  if (token.text.size() < kMaxTextBytes) {
    token.text.push_back(static_cast<char>(c));
  } else {
    token.problem = "is longer than 1 MiB";
  }
}

// `close` doubled stands for itself.
void SqlLexer::read_quoted(SqlToken& token, int close, Escapes escapes) {
  in_.take();
  while (true) {
    const int c = in_.peek();
    if (c == kSqlEnd) {
      token.problem = "this quote is never closed";
      token.cut = true;
      return;
    }
    in_.take();
    if (c == close) {
      if (in_.peek() != close) return;
      in_.take();
    } else if (c == '\\' && escapes != Escapes::never) {
      read_escape(token, escapes);
      continue;
    } else if (c == 0) {
      token.problem = "a NUL byte";
    }
    store(token, c);
  }
}

// Behind a backslash.
void SqlLexer::read_escape(SqlToken& token, Escapes escapes) {
  const int c = in_.peek();
  const bool on = escapes == Escapes::always || said_.value_or(is_mysql()) ||
                  (c == '\'' && escapes_quote(token));
  if (!on) return store(token, '\\');
  if (c == kSqlEnd) return;  // the caller says so
  in_.take();
  constexpr std::string_view kNames = "ntrbZ";
  constexpr std::string_view kMeant = "\n\t\r\b\x1A";
  const auto at = kNames.find(static_cast<char>(c));
  if (c == '0') {
    token.problem = "a NUL byte";
  } else if (c == '%' || c == '_') {
    store(token, '\\');
    store(token, c);
  } else {
    store(token, at == kNames.npos ? c : kMeant[at]);
  }
}

// Where nobody said: `\'` before a letter cannot be the end of a text.
bool SqlLexer::escapes_quote(SqlToken& token) {
  if (said_ || dialect_ == Dialect::standard) return false;
  if (is_word_part(in_.peek_second())) {
    sign_of(Dialect::mysql);
    return true;
  }
  token.problem =
      "a backslash before a quote reads two ways: set backslash = true (MySQL) or false";
  return false;
}

void SqlLexer::read_word(SqlToken& token) {
  using Kind = SqlToken::Kind;
  token.kind = Kind::word;
  while (is_word_part(in_.peek())) store(token, in_.take());
  if (token.is_word("STANDARD_CONFORMING_STRINGS") || token.is_word("PRAGMA")) {
    sign_of(Dialect::standard);
  }
  if (in_.peek() != '\'' || token.text.size() != 1) return;
  // E'...', N'...', B'...', X'...': the letter belongs to the text
  const char prefix = sql_upper(token.text[0]);
  if (prefix == 'X' || prefix == 'B') {
    const std::string written = token.text + "'";
    token.text.clear();
    token.kind = Kind::bytes;
    read_quoted(token, '\'', Escapes::never);
    token.text = written + token.text + "'";
  } else if (prefix == 'N' || prefix == 'E') {
    token.text.clear();
    token.kind = Kind::text;
    sign_of(Dialect::standard);
    read_quoted(token, '\'', prefix == 'E' ? Escapes::always : Escapes::by_dialect);
  }
}

// $tag$ ... $tag$ is a text, usually a function's body.
void SqlLexer::read_dollar(SqlToken& token) {
  std::string tag(1, static_cast<char>(in_.take()));
  while (is_word_part(in_.peek()) && in_.peek() != '$' && tag.size() < 64) {
    tag.push_back(static_cast<char>(in_.take()));
  }
  if (in_.peek() != '$') {
    token.kind = SqlToken::Kind::word;
    token.text = tag;
    return;
  }
  tag.push_back(static_cast<char>(in_.take()));
  token.kind = SqlToken::Kind::text;
  std::string tail;
  while (in_.peek() != kSqlEnd) {
    const int c = in_.take();
    store(token, c);
    tail.push_back(static_cast<char>(c));
    if (tail.size() > tag.size()) tail.erase(0, 1);
    if (tail == tag) {
      token.text.resize(token.text.size() - std::min(tag.size(), token.text.size()));
      return;
    }
  }
  token.problem = "this " + tag + " is never closed";
  token.cut = true;
}

}  // namespace pim::data
