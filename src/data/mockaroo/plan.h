// Several schemas at once: which datasets they give each other, and in which order they are made.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/mockaroo/check.h"
#include "data/mockaroo/schema.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

// What is known of datasets before there are any.
class KnownDatasets : public DatasetNames {
 public:
  void add(const std::string& name, std::vector<std::string> columns) {
    columns_.insert_or_assign(name, std::move(columns));
  }
  const std::vector<std::string>* columns(std::string_view dataset) const override {
    const auto found = columns_.find(dataset);
    return found == columns_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> columns_;
};

// The columns of the file that the schema makes.
std::vector<std::string> written_columns(const Schema& schema);

// Indexes, those first whose datasets others need; else as they are given. The error names schemas
// that need each other, or two of one name.
Result<std::vector<std::size_t>, std::string> order_by_datasets(const std::vector<Schema>& schemas);

// Columns that count rows: they start again with every request that is made of Mockaroo.
std::vector<std::string> counting_columns(const Schema& schema);

}  // namespace pim::data::mockaroo
