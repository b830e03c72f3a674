// The rows of a file, whatever its format: each a list of texts under the file's columns.
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

enum class FileFormat { csv, tsv };

// By the name's ending; csv where it says nothing.
FileFormat format_of(std::string_view path);

// Streams: memory is one row. Not thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // As the file names them, in its order.
  virtual const std::vector<std::string>& columns() const = 0;
  // False at the end. `row` has one field a column. After an error the source stands at the next
  // row, so that one bad row costs one row; `row` is then not usable.
  virtual Result<bool, CsvError> next(CsvRow& row) = 0;
  // Of the file, so far; for progress.
  virtual std::uint64_t bytes_read() const = 0;
};

struct RowSourceOptions {
  std::optional<FileFormat> format;  // else by the name
  char delimiter = ',';              // of csv
};

struct RowSourceError {
  bool unreadable = false;  // the file, as opposed to what is in it
  Place place;
  std::string message;  // what is wrong, and what to do
};

// Opens it and reads its columns.
Result<std::unique_ptr<RowSource>, RowSourceError> open_rows(const std::string& path,
                                                             const RowSourceOptions& options = {});

}  // namespace pim::data
