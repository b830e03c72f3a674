// The rows of a file, whatever its format: each a list of texts under the file's columns.
//   CSV, TSV    the first line names the columns; `#3` is the third where it names none
//   JSON        an array of objects, or objects one after the other; a nested object's members are
//               `outer.inner`, an array is its JSON text, null and a missing member are empty
//   JSON Lines  likewise, one object a line
//   SQL         the INSERT statements of one table in a dump; NULL is empty
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.h"
#include "domain/result.h"

namespace pim::data {

enum class FileFormat { csv, tsv, json, jsonl, sql };

// By the name's ending; csv where it says nothing.
FileFormat format_of(std::string_view path);
// `csv`, `tsv`, `json`, `jsonl`, `sql`.
std::optional<FileFormat> parse_format(std::string_view name);
// Whether two base names differ at most in an ending that names a format.
bool same_but_for_format(std::string_view a, std::string_view b);

// Streams: memory is one row. Not thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // As the file names them, in its order.
  virtual const std::vector<std::string>& columns() const = 0;
  // Where the file names it first; its beginning where that is not known.
  virtual Place place_of_column(std::size_t) const { return {}; }
  // False at the end. `row` has one field a column. After an error the source stands at the next
  // row, so that one bad row costs one row (where no next row can be made out, the message says
  // so and the end follows); `row` is then not usable.
  virtual Result<bool, CsvError> next(CsvRow& row) = 0;
  // Of the file, so far; for progress.
  virtual std::uint64_t bytes_read() const = 0;
  // Back before the first row.
  virtual void rewind() = 0;
  // What was found out rather than told, for a report; empty: nothing.
  virtual std::string note() const { return {}; }
};

struct RowSourceOptions {
  std::optional<FileFormat> format;  // else by the name
  std::optional<char> delimiter;     // of csv; else by the first line
  std::vector<std::string> columns;  // of csv, tsv without a header line; of sql without names
  std::string table;                 // of sql; needed where the dump has rows of several
  std::optional<bool> backslash;     // of sql: whether \' is a quote; else by the dump's looks
};

struct RowSourceError {
  bool unreadable = false;  // the file, as opposed to what is in it
  Place place;
  std::string message;  // what is wrong, and what to do
};

// Opens it and reads its columns: from its first line, or, for JSON and SQL, in one pass over it.
Result<std::unique_ptr<RowSource>, RowSourceError> open_rows(const std::string& path,
                                                             const RowSourceOptions& options = {});
// The same of an open stream that can seek, for tests and fuzzing.
Result<std::unique_ptr<RowSource>, RowSourceError> open_rows(std::unique_ptr<std::istream> in,
                                                             FileFormat format,
                                                             const RowSourceOptions& options = {});

}  // namespace pim::data
