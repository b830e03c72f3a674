// CSV and TSV.
#include <algorithm>
#include <array>
#include <utility>

#include "data/format_readers.h"
#include "data/privacy/identifiers.h"

namespace pim::data {
namespace {

constexpr auto kDelimiters = std::to_array<char>({',', ';', '\t', '|'});

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tabs" : std::string("'") + delimiter + "'";
}

// The one that stands most often in the first line, outside of quotes; a comma where none does.
char find_delimiter(std::istream& in) {
  TextCursor line(in);
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  while (line.offset() < CsvReader::kMaxRowBytes) {
    const int c = line.take();
    if (c == TextCursor::kEnd || (c == '\n' && !quoted)) break;
    if (c == '"') quoted = !quoted;
    const auto* found = std::ranges::find(kDelimiters, static_cast<char>(c));
    if (!quoted && found != kDelimiters.end()) {
      ++counts[static_cast<std::size_t>(found - kDelimiters.begin())];
    }
  }
  return kDelimiters[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

// A name that a spreadsheet's cell broke into lines.
std::string on_one_line(std::string_view name) {
  std::string line;
  bool gap = false;
  for (const char c : name) {
    if (c == '\n' || c == '\r' || c == '\t') {
      gap = true;
      continue;
    }
    if (gap && !line.empty() && line.back() != ' ' && c != ' ') line += ' ';
    gap = false;
    line += c;
  }
  return line;
}

bool is_blank_line(const CsvRow& row) {
  return row.size() == 1 && row.front().text.find_first_not_of(" \t") == std::string::npos;
}

class DelimitedRows final : public RowSource {
 public:
  DelimitedRows(std::unique_ptr<std::istream> in, char delimiter, bool found)
      : in_(std::move(in)), reader_(*in_, delimiter), delimiter_(delimiter), found_(found) {}

  std::optional<RowSourceError> name_columns(const std::vector<std::string>& given) {
    if (!given.empty()) {
      columns_ = given;
      has_header_ = false;
      return {};
    }
    CsvRow row;
    auto read = reader_.next(row);
    if (!read) return RowSourceError{false, read.error().place, read.error().message};
    if (*read && row.size() <= 2 && row.front().text.starts_with("sep=")) {  // Excel's
      ++lines_before_;
      read = reader_.next(row);
      if (!read) return RowSourceError{false, read.error().place, read.error().message};
    }
    if (!*read) {
      return RowSourceError{false, {}, "it is empty: its first line must name the columns"};
    }
    // a delimiter behind the last name is no column
    if (row.size() > 1 && row.back().text.empty()) row.pop_back();
    if (row.size() > kMaxColumns) {
      return RowSourceError{false, row.front().place, "the first line names too many columns"};
    }
    std::vector<std::string> names;
    for (const auto& field : row) names.push_back(field.text);
    const bool hidden = privacy::looks_like_values(names);
    for (auto& field : row) {
      field.text = on_one_line(field.text);
      if (field.text.empty()) field.text = "#" + std::to_string(columns_.size() + 1);
      if (std::ranges::find(columns_, field.text) != columns_.end()) {
        return RowSourceError{false, field.place,
                              hidden ? std::string(privacy::kValuesForNames)
                                     : "a second column '" + field.text + "': rename one of them"};
      }
      columns_.push_back(std::move(field.text));
      places_.push_back(field.place);
    }
    return {};
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  Place place_of_column(std::size_t column) const override {
    return column < places_.size() ? places_[column] : Place{};
  }

  Result<bool, CsvError> next(CsvRow& row) override {
    auto read = reader_.next(row);
    while (read && *read && columns_.size() > 1 && is_blank_line(row)) read = reader_.next(row);
    if (!read || !*read) return read;
    if (row.size() == columns_.size() + 1 && row.back().text.empty()) row.pop_back();
    if (row.size() == columns_.size()) return true;
    return Err{CsvError{row.front().place, "has " + std::to_string(row.size()) +
                                               " values, the header " +
                                               std::to_string(columns_.size())}};
  }

  std::uint64_t bytes_read() const override { return reader_.bytes_read(); }

  void rewind() override {
    reader_.restart();
    CsvRow header;
    for (int i = has_header_ ? 0 : 1; i <= lines_before_; ++i) (void)reader_.next(header);
  }

  std::string note() const override {
    return found_ ? "values are separated by " + delimiter_name(delimiter_) : std::string();
  }

 private:
  std::unique_ptr<std::istream> in_;
  CsvReader reader_;
  char delimiter_;
  bool found_;  // it was not said, and is not the usual one
  bool has_header_ = true;
  int lines_before_ = 0;  // of the header
  std::vector<std::string> columns_;
  std::vector<Place> places_;
};

}  // namespace

OpenedRows open_delimited(std::unique_ptr<std::istream> in, FileFormat format,
                          const RowSourceOptions& options) {
  const char usual = format == FileFormat::tsv ? '\t' : ',';
  char delimiter = usual;
  if (options.delimiter) {
    delimiter = *options.delimiter;
  } else if (format == FileFormat::csv) {
    delimiter = find_delimiter(*in);
  }
  const bool found = !options.delimiter && delimiter != usual;
  auto rows = std::make_unique<DelimitedRows>(std::move(in), delimiter, found);
  if (auto problem = rows->name_columns(options.columns)) return Err{std::move(*problem)};
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace pim::data
