// JSON and JSON Lines, streamed: memory is one row, whatever the size of the array around it.
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "data/format_readers.h"

namespace pim::data {
namespace {

constexpr int kJsonEnd = TextCursor::kEnd;
constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxNameBytes = 512;  // with those of the objects around it

bool is_json_space(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_json_digit(int c) { return c >= '0' && c <= '9'; }

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t n = 0;
    while (n < text.size() && is_json_digit(text[n])) ++n;
    text.remove_prefix(n);
    return n;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const auto whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | code >> 18));
    out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// One value after the other. What is merely wrong (a column twice, a number that is none) is noted
// and read past; what cannot be read past is `broken`.
class JsonRowReader {
 public:
  explicit JsonRowReader(std::istream& in, bool lines) : in_(in), lines_(lines) {}

  TextCursor& cursor() { return in_; }
  const TextCursor& cursor() const { return in_; }
  bool broken() const { return broken_; }
  const std::vector<std::string>& columns() const { return columns_; }
  Place place_of(std::size_t column) const { return places_[column]; }
  // While set, a member that was not seen before is a new column.
  void discover(bool on) { discovering_ = on; }

  void skip_space() {
    while (is_json_space(in_.peek())) in_.take();
  }

  // The value that begins here, as a row.
  Result<void, CsvError> read(CsvRow& row) {
    start_ = in_.offset();
    first_problem_.reset();
    broken_ = false;
    row.assign(columns_.size(), CsvField{{}, in_.place()});
    filled_.assign(columns_.size(), false);
    row_ = &row;
    std::string path;
    if (in_.peek() == '{') {
      object(path, 0);
    } else {
      note(in_.place(), "is no object: a row is { \"column\": value, ... }");
      std::string ignored;
      scalar_or_array(ignored);
    }
    if (!first_problem_ && !discovering_) check_text(row);
    if (first_problem_) return Err{std::move(*first_problem_)};
    return {};
  }

 private:
  void note(Place place, std::string message) {
    if (!first_problem_) first_problem_ = CsvError{place, std::move(message)};
  }
  bool fail(Place place, std::string message) {
    note(place, std::move(message));
    broken_ = true;
    return false;
  }

  bool next_is(char wanted) {
    if (in_.peek() != wanted) return false;
    in_.take();
    return true;
  }

  // Between the tokens of a value.
  bool space() {
    while (is_json_space(in_.peek())) {
      if (lines_ && in_.peek() == '\n') return fail(in_.place(), "the line ends within an object");
      in_.take();
    }
    return true;
  }

  void store(std::string& out, char c) {
    if (in_.offset() - start_ > CsvReader::kMaxRowBytes) {
      note(in_.place(), "the row is longer than 1 MiB");
      out.clear();
      return;
    }
    out.push_back(c);
  }

  bool object(std::string& path, int depth) {
    in_.take();  // {
    if (!space()) return false;
    if (next_is('}')) return true;
    while (true) {
      if (in_.peek() != '"') return fail(in_.place(), "a member's name in quotes is missing here");
      const Place name_place = in_.place();
      std::string name;
      if (!string(name) || !space()) return false;
      if (!next_is(':')) return fail(in_.place(), "a ':' is missing here");
      if (!space()) return false;
      const auto outer = path.size();
      if (!path.empty()) path.push_back('.');
      path += name;
      if (!member(path, name_place, depth)) return false;
      path.resize(outer);
      if (!space()) return false;
      if (next_is('}')) return true;
      if (!next_is(',')) return fail(in_.place(), "a ',' or '}' is missing here");
      if (!space()) return false;
    }
  }

  bool member(std::string& path, Place name_place, int depth) {
    if (in_.peek() == '{' && depth + 1 < kMaxDepth) return object(path, depth + 1);
    if (in_.peek() == '{') note(in_.place(), "objects in objects, more than 32 deep");
    const Place place = in_.place();
    std::string text;
    if (!scalar_or_array(text)) return false;
    set(path, name_place, {std::move(text), place});
    return true;
  }

  void set(const std::string& path, Place name_place, CsvField cell) {
    auto found = index_.find(path);
    if (found == index_.end()) {
      if (!discovering_) {
        return note(name_place, "a column that was not there when the file was opened");
      }
      if (columns_.size() == kMaxColumns) return note(name_place, "too many columns");
      if (path.size() > kMaxNameBytes || !simdjson::validate_utf8(path)) {
        return note(name_place, "a member's name is too long or not UTF-8");
      }
      found = index_.emplace(path, columns_.size()).first;
      columns_.push_back(path);
      places_.push_back(name_place);
      filled_.push_back(false);
    }
    if (filled_[found->second]) {
      return note(name_place, "column '" + path + "' stands twice in one row");
    }
    filled_[found->second] = true;
    if (!discovering_) (*row_)[found->second] = std::move(cell);
  }

  bool scalar_or_array(std::string& text) {
    switch (in_.peek()) {
      case '"':
        return string(text);
      case '[':
      case '{':
        return nested(text);
      case kJsonEnd:
        return fail(in_.place(), "the file ends within a row: it was cut short");
      default:
        return word(text);
    }
  }

  // An array, or an object too deep, as it stands.
  bool nested(std::string& text) {
    const Place place = in_.place();
    std::string open;
    do {
      const int c = in_.peek();
      if (c == kJsonEnd || (lines_ && c == '\n')) return fail(place, "this is never closed");
      if (c == '"') {
        if (!raw_string(text)) return false;
        continue;
      }
      if (c == '[' || c == '{') {
        // as many brackets as a row may have bytes would be read in vain
        if (open.size() >= CsvReader::kMaxRowBytes) return fail(place, "nested too deep");
        open.push_back(c == '[' ? ']' : '}');
      } else if (c == ']' || c == '}') {
        if (open.back() != c) return fail(in_.place(), "the wrong closing bracket");
        open.pop_back();
      }
      store(text, static_cast<char>(in_.take()));
    } while (!open.empty());
    return true;
  }

  bool raw_string(std::string& text) {
    const Place opening = in_.place();
    store(text, static_cast<char>(in_.take()));
    while (true) {
      const int c = in_.peek();
      if (c == kJsonEnd || c == '\n') return fail(opening, "this quote is never closed");
      store(text, static_cast<char>(in_.take()));
      if (c == '"') return true;
      if (c == '\\' && in_.peek() != '\n' && in_.peek() != kJsonEnd) {
        store(text, static_cast<char>(in_.take()));
      }
    }
  }

  bool string(std::string& text) {
    const Place opening = in_.place();
    in_.take();
    while (true) {
      const int c = in_.peek();
      if (c == kJsonEnd || c == '\n') return fail(opening, "this quote is never closed");
      const Place place = in_.place();
      in_.take();
      if (c == '"') return true;
      if (c == '\\') {
        if (!escape(text, place)) return false;
        continue;
      }
      if (c == 0) note(place, "a NUL byte");
      if (c < 0x20) note(place, "a control character in a text: write it as \\u0009 and the like");
      store(text, static_cast<char>(c));
    }
  }

  bool escape(std::string& text, Place place) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const int c = in_.peek();
    if (c == kJsonEnd || c == '\n') return fail(place, "the text ends in a backslash");
    in_.take();
    const auto at = kNames.find(static_cast<char>(c));
    if (at != kNames.npos) {
      store(text, kMeant[at]);
      return true;
    }
    if (c != 'u') {
      note(place, "an unknown escape after a backslash");
      return true;
    }
    auto code = hex4();
    if (code && *code >= 0xD800 && *code < 0xDC00 && in_.peek() == '\\' &&
        in_.peek_second() == 'u') {
      in_.take();
      in_.take();
      const auto low = hex4();
      const bool pair = low && *low >= 0xDC00 && *low < 0xE000;
      code =
          pair ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)) : std::nullopt;
    }
    if (!code || *code == 0 || (*code >= 0xD800 && *code < 0xE000)) {
      note(place, "a \\u escape that is no character");
      return true;
    }
    std::string utf8;
    append_utf8(utf8, *code);
    for (const char each : utf8) store(text, each);
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const int c = in_.peek();
      const int digit = is_json_digit(c)         ? c - '0'
                        : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                        : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                 : -1;
      if (digit < 0) return std::nullopt;
      in_.take();
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  // A number as it is written, true or false; null becomes nothing.
  bool word(std::string& text) {
    const Place place = in_.place();
    const auto begin = in_.offset();
    while (true) {
      const int c = in_.peek();
      const bool part = is_json_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        c == '+' || c == '-' || c == '.' || c == '_';
      if (!part) break;
      store(text, static_cast<char>(in_.take()));
    }
    if (text == "null") {
      text.clear();
    } else if (in_.offset() == begin) {
      return fail(place, "a value is missing here");
    } else if (text != "true" && text != "false" && !is_json_number(text)) {
      note(place, "is no JSON value: a text stands in quotes");
    }
    return true;
  }

  void check_text(const CsvRow& row) {
    for (const auto& cell : row) {
      if (!simdjson::validate_utf8(cell.text)) {
        return note(cell.place, "is not UTF-8: convert the file, e.g. iconv -f LATIN1 -t UTF-8");
      }
    }
  }

  TextCursor in_;
  const bool lines_;
  bool discovering_ = false;
  std::vector<std::string> columns_;
  std::vector<Place> places_;  // of their first names
  std::unordered_map<std::string, std::size_t> index_;

  std::uint64_t start_ = 0;
  CsvRow* row_ = nullptr;
  std::vector<bool> filled_;
  std::optional<CsvError> first_problem_;
  bool broken_ = false;
};

class JsonRows final : public RowSource {
 public:
  JsonRows(std::unique_ptr<std::istream> in, bool lines)
      : in_(std::move(in)), lines_(lines), reader_(*in_, lines) {}

  std::optional<RowSourceError> find_columns() {
    begin();
    reader_.discover(true);
    CsvRow row;
    std::optional<CsvError> problem;
    bool any = false;
    while (true) {
      auto read = step(row);
      if (read.ok() && !*read) break;
      if (read.ok()) any = true;
      if (!read && !problem) problem = std::move(read.error());
    }
    reader_.discover(false);
    if (reader_.columns().empty() && problem) {
      return RowSourceError{false, problem->place, problem->message};
    }
    if (reader_.columns().empty()) {
      return RowSourceError{false, {}, any ? "no object in it has a member" : "no row is in it"};
    }
    rewind();
    return {};
  }

  const std::vector<std::string>& columns() const override { return reader_.columns(); }
  Place place_of_column(std::size_t column) const override { return reader_.place_of(column); }
  Result<bool, CsvError> next(CsvRow& row) override { return step(row); }
  std::uint64_t bytes_read() const override { return cursor().offset(); }
  void rewind() override {
    cursor().restart();
    begin();
  }

 private:
  TextCursor& cursor() { return reader_.cursor(); }
  const TextCursor& cursor() const { return reader_.cursor(); }

  void begin() {
    done_ = false;
    first_ = true;
    reader_.skip_space();
    array_ = !lines_ && cursor().peek() == '[';  // else one object after the other
    if (array_) cursor().take();
  }

  Err<CsvError> end_with(Place place, const std::string& message) {
    done_ = true;
    return Err{CsvError{place, message}};
  }

  Result<bool, CsvError> step(CsvRow& row) {
    if (done_) return false;
    reader_.skip_space();
    if (array_) {
      auto more = next_in_array();
      if (!more || !*more) return more;
    } else if (cursor().peek() == kJsonEnd) {
      return false;
    }
    auto read = reader_.read(row);
    if (read) return ends_well();
    auto problem = std::move(read.error());
    if (!reader_.broken()) {
      if (lines_) cursor().skip_line();
      return Err{std::move(problem)};
    }
    if (array_) return end_with(problem.place, problem.message + "; the rest cannot be read");
    // the next line, if the object did not end with its own
    if (cursor().place().line == problem.place.line) cursor().skip_line();
    return Err{std::move(problem)};
  }

  // In lines, nothing stands behind an object.
  Result<bool, CsvError> ends_well() {
    if (!lines_) return true;
    while (is_json_space(cursor().peek()) && cursor().peek() != '\n') cursor().take();
    if (cursor().peek() == '\n' || cursor().peek() == kJsonEnd) return true;
    const Place place = cursor().place();
    cursor().skip_line();
    return Err{CsvError{place, "text after the object: one object a line"}};
  }

  // False at its end, which must be the file's.
  Result<bool, CsvError> next_in_array() {
    const Place place = cursor().place();
    const int c = cursor().peek();
    if (c == kJsonEnd) return end_with(place, "the file ends within its array: it was cut short");
    if (c == ']') {
      cursor().take();
      reader_.skip_space();
      if (cursor().peek() == kJsonEnd) {
        done_ = true;
        return false;
      }
      return end_with(cursor().place(), "text after the array, which was not read");
    }
    if (first_) {
      first_ = false;
      return true;
    }
    if (c != ',') return end_with(place, "a ',' or ']' is missing here; the rest cannot be read");
    cursor().take();
    reader_.skip_space();
    if (cursor().peek() == ']' || cursor().peek() == kJsonEnd) {
      return end_with(cursor().place(), "no object after the ',': the array was cut short");
    }
    return true;
  }

  std::unique_ptr<std::istream> in_;
  const bool lines_;
  JsonRowReader reader_;
  bool array_ = false;
  bool first_ = true;
  bool done_ = false;
};

}  // namespace

OpenedRows open_json(std::unique_ptr<std::istream> in, bool lines) {
  TextCursor look(*in);
  while (is_json_space(look.peek())) look.take();
  if (look.peek() == '[') lines = false;  // an array, whatever the name says
  auto rows = std::make_unique<JsonRows>(std::move(in), lines);
  if (auto problem = rows->find_columns()) return Err{std::move(*problem)};
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace pim::data
