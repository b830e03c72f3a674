// The words of an SQL dump, in the dialects that mysqldump, pg_dump, sqlite3 and Mockaroo write.
// Comments are passed over.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "data/text_cursor.h"

namespace pim::data {

struct SqlToken {
  enum class Kind {
    end,
    word,    // unquoted, as written: INSERT, customers
    name,    // `quoted`, [quoted]
    quoted,  // "quoted": a name, or with MySQL a text
    text,    // 'quoted', with what its escapes mean
    bytes,   // x'00ff', as written
    number,  // without a sign
    symbol,  // one character
  };
  Kind kind = Kind::end;
  std::string text;
  Place place;
  std::string problem;  // not empty: what is wrong with it
  bool cut = false;     // the file ends within it

  bool is(char symbol) const { return kind == Kind::symbol && text[0] == symbol; }
  // `upper` in capitals.
  bool is_word(std::string_view upper) const;
};

// Not thread-safe.
class SqlLexer {
 public:
  static constexpr std::size_t kMaxTextBytes = 1 << 20;

  // `backslash`: whether a backslash in a text escapes. Unsaid, it goes by signs of a dialect: it
  // does with MySQL's (`name`, /*! */), and where a text could not be read otherwise; it does not
  // with PostgreSQL's, SQLite's and SQL Server's. In E'...' it always does.
  SqlLexer(std::istream& in, std::optional<bool> backslash) : in_(in), said_(backslash) {}

  SqlToken next();
  void skip_line() { in_.skip_line(); }
  // Up to a line that is `end`, and past it. False where none is.
  bool skip_lines_to(std::string_view end);
  std::uint64_t offset() const { return in_.offset(); }
  // From the beginning, with what was learnt of the dialect.
  void restart() { in_.restart(); }

 private:
  bool skip_comment(SqlToken& token);
  enum class Dialect { unknown, mysql, standard };
  enum class Escapes { never, by_dialect, always };
  void read_quoted(SqlToken& token, int close, Escapes escapes);
  void read_escape(SqlToken& token, Escapes escapes);
  bool escapes_quote(SqlToken& token);
  void read_word(SqlToken& token);
  void read_dollar(SqlToken& token);
  void store(SqlToken& token, int c);
  bool is_mysql() const { return dialect_ == Dialect::mysql; }
  void sign_of(Dialect dialect) {
    if (dialect_ == Dialect::unknown) dialect_ = dialect;
  }

  TextCursor in_;
  const std::optional<bool> said_;
  Dialect dialect_ = Dialect::unknown;  // the first sign decides
};

}  // namespace pim::data
