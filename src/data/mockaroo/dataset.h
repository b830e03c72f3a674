// A dataset that columns draw from: the rows of another schema, or a CSV file.
#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/mockaroo/check.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

// All in memory. Not thread-safe: look-ups build their index on first use.
class Dataset {
 public:
  Dataset(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}
  // A header and rows of as many values. The error says where.
  static Result<Dataset, std::string> read_csv(std::istream& in);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return rows_.size(); }
  std::optional<std::size_t> column(std::string_view name) const;
  const std::string& cell(std::size_t row, std::size_t column) const { return rows_[row][column]; }

  // The first row that has these texts in these columns.
  std::optional<std::size_t> find(const std::vector<std::size_t>& columns,
                                  const std::vector<std::string>& texts) const;

 private:
  using Index = std::unordered_map<std::string, std::size_t>;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  mutable std::map<std::vector<std::size_t>, Index> indexes_;
};

class Datasets : public DatasetNames {
 public:
  void add(const std::string& name, Dataset dataset);
  const Dataset* find(std::string_view name) const;
  const std::vector<std::string>* columns(std::string_view dataset) const override;

 private:
  std::map<std::string, std::unique_ptr<Dataset>, std::less<>> sets_;
};

}  // namespace pim::data::mockaroo
