#include "data/csv.h"

#include <simdjson.h>

#include <utility>

namespace pim::data {
namespace {

constexpr int kEnd = std::char_traits<char>::eof();

bool is_continuation_byte(int c) { return (c & 0xC0) == 0x80; }

}  // namespace

CsvReader::CsvReader(std::istream& in, char delimiter) : in_(*in.rdbuf()), delimiter_(delimiter) {
  constexpr int kMark[] = {0xEF, 0xBB, 0xBF};
  int matched = 0;
  while (matched < 3 && in_.sgetc() == kMark[matched]) {
    in_.sbumpc();
    ++matched;
  }
  if (matched == 3) return;
  for (; matched > 0; --matched) in_.sungetc();
}

int CsvReader::peek() { return in_.sgetc(); }

int CsvReader::take() {
  const int c = in_.sbumpc();
  if (c == '\n') {
    ++at_.line;
    at_.column = 1;
  } else if (c != kEnd && !is_continuation_byte(c)) {
    ++at_.column;
  }
  ++row_bytes_;
  return c;
}

bool CsvReader::take_line_end() {
  if (peek() == '\n') {
    take();
    return true;
  }
  if (peek() != '\r') return false;
  if (in_.snextc() == '\n') {
    take();
    return true;
  }
  in_.sungetc();  // a lone CR: back on it
  return false;
}

Err<CsvError> CsvReader::fail(Place place, std::string message) {
  while (peek() != kEnd && take() != '\n') {
  }
  return Err{CsvError{place, std::move(message)}};
}

Result<bool, CsvError> CsvReader::next(CsvRow& row) {
  row.clear();
  row_bytes_ = 0;
  while (take_line_end()) {
  }
  if (peek() == kEnd) return false;
  while (true) {
    CsvField& field = row.emplace_back();
    field.place = at_;
    if (auto read = peek() == '"' ? read_quoted(field) : read_field(field); !read) {
      return Err{read.error()};
    }
    if (!simdjson::validate_utf8(field.text)) {
      return fail(field.place, "is not UTF-8: convert the file, e.g. iconv -f LATIN1 -t UTF-8");
    }
    if (peek() == delimiter_) {
      take();
      continue;
    }
    if (peek() == kEnd || take_line_end()) return true;
    const Place place = at_;
    if (peek() == '\r') return fail(place, "a carriage return without a line feed");
    return fail(place, "text after the closing quote");
  }
}

Result<void, CsvError> CsvReader::read_field(CsvField& field) {
  while (true) {
    const int c = peek();
    if (c == kEnd || c == delimiter_ || c == '\n' || c == '\r') return {};
    if (c == '"') return fail(at_, "a quote inside an unquoted value: quote the whole value");
    if (c == 0) return fail(at_, "a NUL byte");
    if (row_bytes_ >= kMaxRowBytes) return fail(at_, "the row is longer than 1 MiB");
    field.text.push_back(static_cast<char>(take()));
  }
}

Result<void, CsvError> CsvReader::read_quoted(CsvField& field) {
  const Place opening = at_;
  take();
  while (true) {
    const int c = peek();
    if (c == kEnd) return fail(opening, "this quote is never closed");
    if (c == 0) return fail(at_, "a NUL byte");
    if (row_bytes_ >= kMaxRowBytes) {
      return fail(opening, "the row is longer than 1 MiB: is this quote ever closed?");
    }
    take();
    if (c != '"') {
      field.text.push_back(static_cast<char>(c));
    } else if (peek() == '"') {
      field.text.push_back(static_cast<char>(take()));
    } else {
      return {};
    }
  }
}

}  // namespace pim::data
