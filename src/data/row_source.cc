#include "data/row_source.h"

#include <algorithm>
#include <fstream>
#include <utility>

namespace pim::data {
namespace {

class DelimitedRows : public RowSource {
 public:
  DelimitedRows(const std::string& path, char delimiter)
      : in_(path, std::ios::binary), reader_(in_, delimiter) {}

  std::optional<RowSourceError> read_header(const std::string& path) {
    if (!in_) return RowSourceError{true, {}, "cannot read " + path};
    CsvRow row;
    const auto read = reader_.next(row);
    if (!read) return RowSourceError{false, read.error().place, read.error().message};
    if (!*read)
      return RowSourceError{false, {}, "it is empty: its first line must name the columns"};
    for (auto& field : row) {
      if (std::ranges::find(columns_, field.text) != columns_.end()) {
        return RowSourceError{false, field.place, "a second column '" + field.text + "'"};
      }
      columns_.push_back(std::move(field.text));
    }
    return {};
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  Result<bool, CsvError> next(CsvRow& row) override {
    auto read = reader_.next(row);
    if (!read || !*read || row.size() == columns_.size()) return read;
    return Err{CsvError{row.front().place, "has " + std::to_string(row.size()) +
                                               " values, the header " +
                                               std::to_string(columns_.size())}};
  }

  std::uint64_t bytes_read() const override {
    const auto at = in_.rdbuf()->pubseekoff(0, std::ios::cur, std::ios::in);
    return at < 0 ? 0 : static_cast<std::uint64_t>(at);
  }

 private:
  std::ifstream in_;
  CsvReader reader_;
  std::vector<std::string> columns_;
};

}  // namespace

FileFormat format_of(std::string_view path) {
  return path.ends_with(".tsv") || path.ends_with(".tab") ? FileFormat::tsv : FileFormat::csv;
}

Result<std::unique_ptr<RowSource>, RowSourceError> open_rows(const std::string& path,
                                                             const RowSourceOptions& options) {
  const auto format = options.format.value_or(format_of(path));
  auto rows =
      std::make_unique<DelimitedRows>(path, format == FileFormat::tsv ? '\t' : options.delimiter);
  if (auto problem = rows->read_header(path)) return Err{std::move(*problem)};
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace pim::data
