// A Mockaroo schema backup (`NAME.schema.json`), in the dialects that people publish.
// docs/formats/mockaroo-schema.md
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/mockaroo/json_value.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

struct SchemaColumn {
  std::string name;               // `address.city` where it is nested
  std::vector<std::string> path;  // the name at its dots; one part where it has none
  bool hidden = false;            // `__name`: for formulas, never written
  std::string type;               // `First Name`
  double null_percentage = 0;     // 0 to 100
  std::string formula;            // applied to the value; empty where there is none
  JsonValue options;              // an object: what is left, `min`, `values` and so on
};

enum class OutputFormat { csv, tsv, json, json_lines, sql, other };
std::string_view to_string(OutputFormat format);

struct Schema {
  std::string name;
  std::uint64_t num_rows = 1000;
  std::string file_format = "csv";  // as it is written
  OutputFormat format = OutputFormat::csv;
  bool include_header = true;
  bool windows_lines = false;  // CR LF
  bool byte_order_mark = false;
  char delimiter = ',';
  char quote = '"';
  std::vector<SchemaColumn> columns;
  std::vector<std::string> unknown_keys;  // of the backup itself

  const SchemaColumn* find(std::string_view column) const;
  // As a formula in `from` names it: `seq` is the nearest of `a.b.seq`, `a.seq` and `seq`.
  const SchemaColumn* find_from(const SchemaColumn& from, std::string_view column) const;
};

// What is wrong, and at which column and key (empty where it is none).
struct SchemaError {
  std::string column;
  std::string key;
  std::string message;
};
// "orders.schema.json: column 'total': min: ..."
std::string to_text(const SchemaError& error, const std::string& file);

// `fallback_name` is taken where the backup has no name. Takes an array of fields too, as the API
// does. Never fails on a type or an option: check.h judges those.
Result<Schema, SchemaError> parse_schema(std::string_view json, const std::string& fallback_name);

// `orders` of `seed/orders.schema.json`.
std::string schema_name_of(std::string_view path);

}  // namespace pim::data::mockaroo
