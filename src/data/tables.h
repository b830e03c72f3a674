// The closed list: the lab's eight tables, their columns, and what may stand in each. Mockaroo's
// schemas in seed/mockaroo, the generator and the privacy check all hold to this one list, so a
// column that is not here is in no file of the lab.
#pragma once

#include <span>
#include <string_view>

namespace pim::data {

struct Column {
  std::string_view name;
  std::string_view form;  // for messages: "an ICD-10-CM code such as E11.9"
  bool (*valid)(std::string_view text) = nullptr;  // of a text that is not empty
  bool required = true;                            // else it may be empty
  std::string_view refers_to = {};                 // the table whose own id this is; else empty
};

// A table's first column is its own id. Rows stand in files with parents before children; the order
// of the tables is one in which every reference points backwards.
struct Table {
  std::string_view name;  // `patients`: also the base name of its file
  std::span<const Column> columns;

  const Column* find(std::string_view column) const;
};

std::span<const Table> all_tables();
const Table* find_table(std::string_view name);

}  // namespace pim::data
