#include "data/csv.h"

#include <simdjson.h>

#include <utility>

namespace pim::data {
namespace {

constexpr int kEnd = TextCursor::kEnd;

}  // namespace

bool CsvReader::take_line_end() {
  if (in_.peek() == '\r' && in_.peek_second() == '\n') in_.take();
  if (in_.peek() != '\n') return false;
  in_.take();
  return true;
}

Err<CsvError> CsvReader::fail(Place place, std::string message) {
  in_.skip_line();
  return Err{CsvError{place, std::move(message)}};
}

Result<bool, CsvError> CsvReader::next(CsvRow& row) {
  row.clear();
  while (take_line_end()) {
  }
  if (in_.peek() == kEnd) return false;
  row_start_ = in_.offset();
  while (true) {
    CsvField& field = row.emplace_back();
    field.place = in_.place();
    if (auto read = in_.peek() == '"' ? read_quoted(field) : read_field(field); !read) {
      return Err{read.error()};
    }
    if (!simdjson::validate_utf8(field.text)) {
      return fail(field.place, "is not UTF-8: convert the file, e.g. iconv -f LATIN1 -t UTF-8");
    }
    if (in_.peek() == delimiter_) {
      in_.take();
      continue;
    }
    if (in_.peek() == kEnd || take_line_end()) return true;
    const Place place = in_.place();
    if (in_.peek() == '\r')
      return fail(place,
                  "a carriage return without a line feed: convert the file, e.g. tr '\\r' '\\n'");
    return fail(place, "text after the closing quote");
  }
}

Result<void, CsvError> CsvReader::read_field(CsvField& field) {
  while (true) {
    const int c = in_.peek();
    if (c == kEnd || c == delimiter_ || c == '\n' || c == '\r') return {};
    if (c == '"')
      return fail(in_.place(), "a quote inside an unquoted value: quote the whole value");
    if (c == 0) return fail(in_.place(), "a NUL byte");
    if (row_is_full()) return fail(in_.place(), "the row is longer than 1 MiB");
    field.text.push_back(static_cast<char>(in_.take()));
  }
}

Result<void, CsvError> CsvReader::read_quoted(CsvField& field) {
  const Place opening = in_.place();
  in_.take();
  while (true) {
    const int c = in_.peek();
    if (c == kEnd) return fail(opening, "this quote is never closed");
    if (c == 0) return fail(in_.place(), "a NUL byte");
    if (row_is_full()) {
      return fail(opening, "the row is longer than 1 MiB: is this quote ever closed?");
    }
    in_.take();
    if (c != '"') {
      field.text.push_back(static_cast<char>(c));
    } else if (in_.peek() == '"') {
      field.text.push_back(static_cast<char>(in_.take()));
    } else {
      return {};
    }
  }
}

}  // namespace pim::data
