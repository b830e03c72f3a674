// Rows as text: CSV, TSV, JSON, JSON Lines, SQL.
#pragma once

#include <string>
#include <vector>

#include "data/mockaroo/row_maker.h"

namespace pim::data::mockaroo {

// Writes what comes before, between and after the rows, too. Hidden columns are not written.
class RowWriter {
 public:
  RowWriter(const Schema& schema, const std::vector<PreparedColumn>& columns, OutputFormat format)
      : schema_(schema), columns_(columns), format_(format) {}

  std::string begin() const;
  std::string row(const std::vector<MadeCell>& cells);
  std::string end() const;
  // `.csv` and so on.
  static std::string_view extension(OutputFormat format);
  // Whether the column is one of the file's.
  bool shows(std::size_t column) const;

 private:
  std::string_view line_end() const { return schema_.windows_lines ? "\r\n" : "\n"; }
  char delimiter() const { return format_ == OutputFormat::tsv ? '\t' : schema_.delimiter; }
  void append_quoted(std::string& out, const std::string& text) const;
  std::string delimited(const std::vector<MadeCell>& cells) const;
  std::string json(const std::vector<MadeCell>& cells) const;
  std::string sql(const std::vector<MadeCell>& cells) const;

  const Schema& schema_;
  const std::vector<PreparedColumn>& columns_;
  OutputFormat format_;
  bool first_ = true;
};

}  // namespace pim::data::mockaroo
