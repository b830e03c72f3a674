// Delimited text as spreadsheets and Mockaroo write it: RFC 4180 with either line ending, any
// one-character delimiter and an optional byte order mark. Streams: memory is one row.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "data/text_cursor.h"
#include "domain/result.h"

namespace pim::data {

struct CsvField {
  std::string text;
  Place place;
};
using CsvRow = std::vector<CsvField>;

struct CsvError {
  Place place;
  std::string message;  // what is wrong, and what to do
};

// Strict: a quote inside an unquoted value, text after a closing quote, a lone CR, NUL and text
// that is not UTF-8 are errors. Empty lines between rows are passed over. Not thread-safe.
class CsvReader {
 public:
  static constexpr std::size_t kMaxRowBytes = 1 << 20;

  CsvReader(std::istream& in, char delimiter) : in_(in), delimiter_(delimiter) {}

  // False at the end of the input. After an error the reader stands at the next line, so that one
  // bad row costs one row; `row` is then not usable.
  Result<bool, CsvError> next(CsvRow& row);

  std::uint64_t bytes_read() const { return in_.offset(); }
  // Back to the first row.
  void restart() { in_.restart(); }

 private:
  bool take_line_end();
  bool row_is_full() const { return in_.offset() - row_start_ >= kMaxRowBytes; }
  Result<void, CsvError> read_field(CsvField& field);
  Result<void, CsvError> read_quoted(CsvField& field);
  Err<CsvError> fail(Place place, std::string message);

  TextCursor in_;
  char delimiter_;
  std::uint64_t row_start_ = 0;
};

}  // namespace pim::data
