// Delimited text as spreadsheets and Mockaroo write it: RFC 4180 with either line ending, any
// one-character delimiter and an optional byte order mark. Streams: memory is one row.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "domain/result.h"

namespace pim::data {

// Where a value stands: both count from 1, columns in characters (code points), as editors do.
struct Place {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

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

  CsvReader(std::istream& in, char delimiter);

  // False at the end of the input. After an error the reader stands at the next line, so that one
  // bad row costs one row; `row` is then not usable.
  Result<bool, CsvError> next(CsvRow& row);

 private:
  int peek();
  int take();
  bool take_line_end();
  Result<void, CsvError> read_field(CsvField& field);
  Result<void, CsvError> read_quoted(CsvField& field);
  Err<CsvError> fail(Place place, std::string message);

  std::streambuf& in_;
  char delimiter_;
  Place at_;
  std::size_t row_bytes_ = 0;
};

}  // namespace pim::data
