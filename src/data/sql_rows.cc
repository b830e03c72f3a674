// The rows of one table in an SQL dump. Two passes: the first finds the tables and their columns.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "data/format_readers.h"
#include "data/sql_lexer.h"

namespace pim::data {
namespace {

using SqlKind = SqlToken::Kind;

bool same_sql_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// What begins an item of CREATE TABLE's list that is no column.
bool begins_constraint(const SqlToken& token) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "INDEX", "FOREIGN",
                                       "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE"});
  return std::ranges::any_of(kWords, [&](std::string_view word) { return token.is_word(word); });
}

struct SqlTable {
  std::string name;  // without its schema
  std::vector<std::string> columns;
  bool has_rows = false;
};

// The head of an INSERT, up to its first tuple.
struct SqlInsert {
  std::string table;
  std::vector<std::string> columns;  // empty: all of the table's
  Place place;
};

// Walks from statement to statement.
class SqlStatements {
 public:
  SqlStatements(std::istream& in, std::optional<bool> backslash) : lexer_(in, backslash) {}

  // What was seen so far.
  const std::vector<SqlTable>& tables() const { return tables_; }
  bool copies() const { return copies_; }  // rows that are no INSERT
  std::uint64_t offset() const { return lexer_.offset(); }

  SqlToken take() {
    if (held_) {
      SqlToken held = std::move(*held_);
      held_.reset();
      return held;
    }
    SqlToken token = lexer_.next();
    if (token.cut) cut_ = CsvError{token.place, token.problem};
    return token;
  }
  // Once: what the rest of the file disappeared in.
  std::optional<CsvError> take_cut() { return std::exchange(cut_, std::nullopt); }
  void hold(SqlToken token) { held_ = std::move(token); }

  void restart() {
    lexer_.restart();
    held_.reset();
    cut_.reset();
  }

  // Up to the first tuple of the next INSERT ... VALUES; nullopt at the end. Tokens that cannot be
  // read are left to those who want the rows.
  std::optional<SqlInsert> next_insert() {
    while (true) {
      SqlToken token = take();
      if (token.kind == SqlKind::end) return std::nullopt;
      if (token.is('\\')) {
        lexer_.skip_line();  // of psql: \connect, \restrict
      } else if (token.is_word("DELIMITER")) {
        lexer_.skip_line();
        (void)lexer_.skip_lines_to("DELIMITER ;");
      } else if (token.is_word("CREATE")) {
        create();
      } else if (token.is_word("COPY")) {
        copy();
      } else if (token.is_word("INSERT") || token.is_word("REPLACE")) {
        if (auto found = insert(token.place)) return found;
      } else if (!token.is(';') && !token.is_word("GO")) {
        skip_statement();
      }
    }
  }

  // Past its semicolon.
  void skip_statement() {
    while (true) {
      SqlToken token = take();
      if (token.kind == SqlKind::end || token.is(';')) return;
      if (token.place.column == 1 && (token.is_word("GO") || token.is_word("INSERT"))) {
        return hold(std::move(token));  // SQL Server's scripts have no semicolons
      }
    }
  }

  SqlTable& table_named(const std::string& name) {
    const auto found = std::ranges::find_if(
        tables_, [&](const SqlTable& table) { return same_sql_name(table.name, name); });
    return found != tables_.end() ? *found : tables_.emplace_back(SqlTable{name, {}, false});
  }

 private:
  // A name, the last part of `schema.name`.
  std::optional<std::string> name() {
    std::optional<std::string> found;
    while (true) {
      SqlToken token = take();
      if (token.kind != SqlKind::word && token.kind != SqlKind::name &&
          token.kind != SqlKind::quoted) {
        hold(std::move(token));
        return found;
      }
      found = std::move(token.text);
      SqlToken dot = take();
      if (dot.is('.')) continue;
      hold(std::move(dot));
      return found;
    }
  }

  // Up to the list's end; false where it is none.
  bool column_list(std::vector<std::string>& columns) {
    if (!take_symbol('(')) return false;
    while (columns.size() <= kMaxColumns) {
      auto column = name();
      if (!column) return false;
      columns.push_back(std::move(*column));
      SqlToken token = take();
      if (token.is(')')) return true;
      if (!token.is(',')) return false;
    }
    return false;
  }

  bool take_symbol(char symbol) {
    SqlToken token = take();
    if (token.is(symbol)) return true;
    hold(std::move(token));
    return false;
  }

  bool take_word(std::string_view word) {
    SqlToken token = take();
    if (token.is_word(word)) return true;
    hold(std::move(token));
    return false;
  }

  void create() {
    for (const auto* word : {"GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED"}) {
      (void)take_word(word);
    }
    if (!take_word("TABLE")) return skip_statement();
    if (take_word("IF")) {
      (void)take_word("NOT");
      (void)take_word("EXISTS");
    }
    const auto table = name();
    if (!table || !take_symbol('(')) return skip_statement();
    std::vector<std::string> columns;
    bool begins = true;
    for (int depth = 1; depth > 0;) {
      SqlToken token = take();
      if (token.kind == SqlKind::end || columns.size() > kMaxColumns) return;
      if (token.is(';')) return;  // not closed: no list of columns
      if (begins && token.kind != SqlKind::symbol && !begins_constraint(token)) {
        columns.push_back(token.text);
      }
      begins = depth == 1 && token.is(',');
      if (token.is('(')) ++depth;
      if (token.is(')')) --depth;
    }
    skip_statement();
    if (tables_.size() > kMaxColumns) return;
    if (SqlTable& known = table_named(*table); known.columns.empty()) {
      known.columns = std::move(columns);
    }
  }

  void copy() {
    (void)name();
    bool from_stdin = false;
    while (true) {
      const SqlToken token = take();
      if (token.kind == SqlKind::end) return;
      if (token.is_word("STDIN")) from_stdin = true;
      if (token.is(';')) break;
    }
    if (!from_stdin) return;
    copies_ = true;
    lexer_.skip_line();
    (void)lexer_.skip_lines_to("\\.");
  }

  std::optional<SqlInsert> insert(Place place) {
    SqlInsert found;
    found.place = place;
    // INSERT [LOW_PRIORITY | IGNORE | OR REPLACE ...] [INTO] name
    for (int words = 0; words < 4 && !take_word("INTO"); ++words) {
      SqlToken token = take();
      if (token.kind == SqlKind::word && !is_insert_option(token)) {
        hold(std::move(token));
        break;
      }
      if (token.kind != SqlKind::word) {
        hold(std::move(token));
        break;
      }
    }
    auto table = name();
    if (!table) return skip_and_forget();
    found.table = std::move(*table);
    SqlToken token = take();
    const bool listed = token.is('(');
    hold(std::move(token));
    if (listed && !column_list(found.columns)) return skip_and_forget();
    if (take_word("OVERRIDING")) {  // SYSTEM VALUE, of pg_dump
      (void)take_word("SYSTEM");
      (void)take_word("USER");
      (void)take_word("VALUE");
    }
    if (!take_word("VALUES") && !take_word("VALUE")) return skip_and_forget();
    return found;
  }

  static bool is_insert_option(const SqlToken& token) {
    constexpr auto kOptions =
        std::to_array<std::string_view>({"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "OR",
                                         "REPLACE", "ROLLBACK", "ABORT", "FAIL"});
    return std::ranges::any_of(kOptions,
                               [&](std::string_view word) { return token.is_word(word); });
  }

  std::optional<SqlInsert> skip_and_forget() {
    skip_statement();
    return std::nullopt;
  }

  SqlLexer lexer_;
  std::optional<SqlToken> held_;
  std::optional<CsvError> cut_;
  std::vector<SqlTable> tables_;
  bool copies_ = false;
};

class SqlRows final : public RowSource {
 public:
  SqlRows(std::unique_ptr<std::istream> in, const RowSourceOptions& options)
      : in_(std::move(in)), options_(options), statements_(*in_, options.backslash) {}

  std::optional<RowSourceError> find_table() {
    while (auto insert = statements_.next_insert()) {
      SqlTable& table = statements_.table_named(insert->table);
      table.has_rows = true;
      if (statements_.tables().size() > kMaxColumns) break;
      for (auto& column : insert->columns) {
        const bool known = std::ranges::any_of(
            table.columns, [&](const auto& each) { return same_sql_name(each, column); });
        if (!known && table.columns.size() <= kMaxColumns) {
          table.columns.push_back(std::move(column));
        }
      }
      statements_.skip_statement();
    }
    const auto wanted = choose();
    if (!wanted) return wanted.error();
    table_ = (*wanted)->name;
    columns_ = options_.columns.empty() ? (*wanted)->columns : options_.columns;
    if (columns_.empty()) {
      return RowSourceError{
          false,
          {},
          "names no columns of " + table_ + ": dump CREATE TABLE too, or INSERT with column names"};
    }
    if (columns_.size() > kMaxColumns) return RowSourceError{false, {}, "too many columns"};
    rewind();
    return {};
  }

  const std::vector<std::string>& columns() const override { return columns_; }
  std::uint64_t bytes_read() const override { return statements_.offset(); }

  void rewind() override {
    statements_.restart();
    in_values_ = false;
  }

  std::string note() const override {
    return options_.table.empty() ? "the rows of table " + table_ : std::string();
  }

  Result<bool, CsvError> next(CsvRow& row) override {
    while (true) {
      if (!in_values_) {
        auto insert = statements_.next_insert();
        if (!insert) {
          if (auto cut = statements_.take_cut()) return Err{std::move(*cut)};
          return false;
        }
        if (!same_sql_name(insert->table, table_)) {
          statements_.skip_statement();
          continue;
        }
        if (auto problem = begin_values(*insert)) return Err{std::move(*problem)};
      }
      SqlToken token = statements_.take();
      if (token.is('(')) return read_tuple(token.place, row);
      in_values_ = false;
      if (!wants_tuple_ && (token.is(';') || token.kind == SqlKind::end)) {
        statements_.hold(std::move(token));
        continue;
      }
      const bool tail = !wants_tuple_ &&
                        (token.is_word("ON") || token.is_word("AS") || token.is_word("RETURNING"));
      if (!wants_tuple_ && token.kind == SqlKind::word && token.place.column == 1) {
        statements_.hold(std::move(token));  // the next statement
        continue;
      }
      if (token.kind != SqlKind::end && !token.is(';')) statements_.skip_statement();
      (void)statements_.take_cut();  // it is reported here
      if (!tail) return Err{CsvError{token.place, wrong(token, "a row or ';'")}};
    }
  }

 private:
  Result<const SqlTable*, RowSourceError> choose() const {
    const auto& tables = statements_.tables();
    std::string names;
    const SqlTable* only = nullptr;
    std::size_t with_rows = 0;
    for (const auto& table : tables) {
      if (!table.has_rows) continue;
      if (!options_.table.empty() && same_sql_name(table.name, options_.table)) return &table;
      names += (names.empty() ? "" : ", ") + table.name;
      only = &table;
      ++with_rows;
    }
    const auto no = [](std::string message) {
      return Err{RowSourceError{false, {}, std::move(message)}};
    };
    if (with_rows == 0) {
      return no(statements_.copies() ? "its rows are COPY data: dump again with pg_dump --inserts"
                                     : "no INSERT INTO ... VALUES is in it");
    }
    if (!options_.table.empty()) {
      return no("no rows of table '" + options_.table + "'; there are rows of " + names);
    }
    if (with_rows > 1) return no("rows of several tables; say which, table = ...: " + names);
    return only;
  }

  // Which column each value of its tuples is.
  std::optional<CsvError> begin_values(const SqlInsert& insert) {
    order_.clear();
    for (const auto& column : insert.columns) {
      const auto found = std::ranges::find_if(
          columns_, [&](const auto& each) { return same_sql_name(each, column); });
      const auto at = static_cast<std::size_t>(found - columns_.begin());
      if (found == columns_.end() || std::ranges::find(order_, at) != order_.end()) {
        statements_.skip_statement();
        return CsvError{insert.place, "INSERT names column '" + column + "' " +
                                          (found == columns_.end() ? "of no table" : "twice") +
                                          "; its rows are not read"};
      }
      order_.push_back(at);
    }
    for (std::size_t i = 0; insert.columns.empty() && i < columns_.size(); ++i) {
      order_.push_back(i);
    }
    in_values_ = wants_tuple_ = true;
    return std::nullopt;
  }

  static std::string wrong(const SqlToken& token, const std::string& wanted) {
    if (!token.problem.empty()) return token.problem;
    if (token.kind == SqlKind::end) return "the file ends within a row: it was cut short";
    return wanted + " was expected here";
  }

  Result<bool, CsvError> read_tuple(Place place, CsvRow& row) {
    row.assign(columns_.size(), CsvField{{}, place});
    problem_.reset();
    std::size_t values = 0;
    const auto start = statements_.offset();
    for (bool more = true; more;) {
      CsvField field;
      more = read_value(field);
      if (statements_.offset() - start > CsvReader::kMaxRowBytes) {
        note(place, "the row is longer than 1 MiB");
      }
      if (values < order_.size()) row[order_[values]] = std::move(field);
      ++values;
    }
    if (values != order_.size()) {
      note(place, "has " + std::to_string(values) + " values for " + std::to_string(order_.size()) +
                      " columns");
    }
    after_tuple();
    if (problem_) (void)statements_.take_cut();
    if (problem_) return Err{std::move(*problem_)};
    return true;
  }

  // A comma, or something else that next() looks at.
  void after_tuple() {
    SqlToken token = statements_.take();
    wants_tuple_ = token.is(',');
    if (!wants_tuple_) statements_.hold(std::move(token));
  }

  void note(Place place, std::string message) {
    if (!problem_) problem_ = CsvError{place, std::move(message)};
  }

  // False: it was the tuple's last.
  bool read_value(CsvField& field) {
    SqlToken token = statements_.take();
    field.place = token.place;
    std::string sign;
    if (token.is('-') || token.is('+')) {
      sign = token.is('-') ? "-" : "";
      token = statements_.take();
      if (token.kind != SqlKind::number) note(token.place, wrong(token, "a number"));
    }
    const bool introduced = token.kind == SqlKind::word && introduces_text(token);
    if (introduced) {
      SqlToken text = statements_.take();
      if (text.kind == SqlKind::text) {
        token = std::move(text);
      } else {
        statements_.hold(std::move(text));
      }
    }
    if (!token.problem.empty()) note(token.place, token.problem);
    if (token.kind == SqlKind::end || token.is(')') || token.is(',') || token.is(';')) {
      note(token.place, wrong(token, "a value"));
      return token.is(',');
    }
    if (token.is_word("CAST")) return read_cast(field);
    if (!is_literal(token, field.text)) {
      note(token.place, "is an expression: only plain values can be read");
      statements_.hold(std::move(token));
    }
    field.text.insert(0, sign);
    return skip_to_comma();
  }

  // CAST(N'2024-01-02' AS Date), as SQL Server's scripts write dates and decimals.
  bool read_cast(CsvField& field) {
    bool plain = statements_.take().is('(');
    SqlToken token = statements_.take();
    plain = plain && (token.kind == SqlKind::text || token.kind == SqlKind::number);
    if (!token.problem.empty()) note(token.place, token.problem);
    if (plain) {
      field.text = std::move(token.text);
      token = statements_.take();
      plain = token.is_word("AS");
    }
    if (!plain) note(field.place, "is an expression: only plain values can be read");
    for (int depth = 1;; token = statements_.take()) {
      if (token.kind == SqlKind::end || token.is(';')) {
        note(token.place, wrong(token, "a ')'"));
        statements_.hold(std::move(token));
        return false;
      }
      if (token.is('(')) ++depth;
      if (token.is(')') && --depth == 0) return skip_to_comma();
    }
  }

  // _utf8mb4'text', DATE '2024-01-02'
  static bool introduces_text(const SqlToken& token) {
    return token.text.front() == '_' || token.is_word("DATE") || token.is_word("TIME") ||
           token.is_word("TIMESTAMP");
  }

  static bool is_literal(SqlToken& token, std::string& text) {
    if (token.kind == SqlKind::word) {
      if (token.is_word("TRUE")) text = "true";
      if (token.is_word("FALSE")) text = "false";
      return token.is_word("NULL") || !text.empty();
    }
    const bool literal = token.kind == SqlKind::text || token.kind == SqlKind::number ||
                         token.kind == SqlKind::bytes || token.kind == SqlKind::quoted;
    if (literal) text = std::move(token.text);
    return literal;
  }

  // Past the `,` or `)` behind a value. A cast (`::date`) says nothing; anything else makes the
  // value an expression.
  bool skip_to_comma() {
    bool cast = false;
    for (int depth = 0;;) {
      SqlToken token = statements_.take();
      if (token.kind == SqlKind::end) {
        note(token.place, wrong(token, "a ','"));
        statements_.hold(std::move(token));
        return false;
      }
      if (depth == 0 && (token.is(',') || token.is(')'))) return token.is(',');
      if (depth == 0 && token.is(';')) {
        note(token.place, "a ')' was expected here");
        statements_.hold(std::move(token));
        return false;
      }
      if (token.is(':')) cast = true;
      if (!token.problem.empty()) note(token.place, token.problem);
      if (!cast) note(token.place, "is an expression: only plain values can be read");
      if (token.is('(')) ++depth;
      if (token.is(')')) --depth;
    }
  }

  std::unique_ptr<std::istream> in_;
  const RowSourceOptions options_;
  SqlStatements statements_;
  std::string table_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> order_;
  bool in_values_ = false;
  bool wants_tuple_ = false;
  std::optional<CsvError> problem_;
};

}  // namespace

OpenedRows open_sql(std::unique_ptr<std::istream> in, const RowSourceOptions& options) {
  auto rows = std::make_unique<SqlRows>(std::move(in), options);
  if (auto problem = rows->find_table()) return Err{std::move(*problem)};
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace pim::data
