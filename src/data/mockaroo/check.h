// What is wrong with a schema, or not known here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/mockaroo/schema.h"

namespace pim::data::mockaroo {

struct Finding {
  bool error = true;   // else a warning: rows can be made all the same
  std::string column;  // empty: the schema as a whole
  std::string key;     // the option or `formula`; may be empty
  std::string message;
};

// Also needs to know which datasets there are: their names and columns.
class DatasetNames {
 public:
  virtual ~DatasetNames() = default;
  // nullptr where there is no such dataset.
  virtual const std::vector<std::string>* columns(std::string_view dataset) const = 0;
};

// Errors are what `pim data mock` refuses.
std::vector<Finding> check_schema(const Schema& schema, const DatasetNames& datasets);

// "orders.schema.json: error: column 'total': min: is above max"
std::string to_text(const Finding& finding, const std::string& file);

// The datasets that the schema reads, each once, in order.
std::vector<std::string> datasets_of(const Schema& schema);

}  // namespace pim::data::mockaroo
