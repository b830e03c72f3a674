// Mappings, and one row through those that are right.
#include <algorithm>

#include "data/column_match.h"
#include "data/date_format.h"
#include "data/mapping.h"
#include "data/row_builder.h"
#include "fuzz.h"

namespace pim::fuzz {
namespace {

// A row whose columns are those that the mapping names.
void build_one_row(data::Mapping mapping) {
  data::PseudonymKey key;
  data::KeyTable keys;
  std::vector<std::string> columns = {"a", "b"};
  const auto add = [&](const std::string& column) {
    if (!column.empty() && std::ranges::find(columns, column) == columns.end()) {
      columns.push_back(column);
    }
  };
  for (const auto& step : mapping.steps) {
    for (const auto& rule : step.rules) {
      add(rule.column);
      add(rule.kind_column);
    }
    add(step.key);
    add(step.once_per);
    if (step.when) add(step.when->column);
  }
  data::CsvRow row;
  for (const auto& column : columns) row.push_back({column.size() % 2 == 0 ? "1" : column, {}});
  data::RowBuilder builder(mapping, key, keys);
  const data::Header header(columns);
  for (const auto& step : mapping.steps) {
    const auto built = builder.build(step, header, row, 1);
    if (!built) require(!built.error().reason.empty(), "a refusal says why");
  }
  for (std::size_t i = 0; i < mapping.sources.size(); ++i) {
    (void)data::match_columns(mapping, i, columns);
  }
}

}  // namespace
}  // namespace pim::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto mapping = pim::data::parse_mapping(pim::fuzz::as_text(data, size), "m.toml");
  if (!mapping) {
    pim::fuzz::require(mapping.error().message.starts_with("m.toml:"), "an error says where");
    return 0;
  }
  pim::fuzz::require(!mapping->steps.empty(), "a mapping has steps");
  for (const auto& step : mapping->steps) {
    for (const auto& rule : step.rules) {
      for (const auto& format : rule.formats) {
        pim::fuzz::require(pim::data::is_date_format(format), "a format is complete");
      }
    }
  }
  pim::fuzz::build_one_row(std::move(*mapping));
  return 0;
}
