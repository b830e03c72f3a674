#include "data/mockaroo/check.h"

#include <algorithm>

#include "data/mockaroo/prepared.h"

namespace pim::data::mockaroo {
namespace {

// For asking a schema which datasets it reads, before there are any.
class NoDatasets : public DatasetNames {
 public:
  const std::vector<std::string>* columns(std::string_view) const override { return nullptr; }
};

void add_once(std::vector<std::string>& list, const std::string& name) {
  if (!name.empty() && std::ranges::find(list, name) == list.end()) list.push_back(name);
}

}  // namespace

std::vector<Finding> check_schema(const Schema& schema, const DatasetNames& datasets) {
  std::vector<Finding> findings;
  findings.reserve(schema.unknown_keys.size());
  for (const auto& key : schema.unknown_keys) {
    findings.push_back({false, "", key, "is no key of a backup that is known here"});
  }
  if (schema.format == OutputFormat::other) {
    findings.push_back({true, "", "file_format",
                        "'" + schema.file_format +
                            "' cannot be written here; csv, tsv, json and "
                            "sql can"});
  }
  prepare_columns(schema, datasets, findings);
  return findings;
}

std::string to_text(const Finding& finding, const std::string& file) {
  std::string text = file + (finding.error ? ": error: " : ": warning: ");
  if (!finding.column.empty()) text += "column '" + finding.column + "': ";
  if (!finding.key.empty()) text += finding.key + ": ";
  return text + finding.message;
}

std::vector<std::string> datasets_of(const Schema& schema) {
  std::vector<std::string> names;
  std::vector<Finding> ignored;
  for (const auto& column : prepare_columns(schema, NoDatasets(), ignored)) {
    add_once(names, column.dataset);
    const auto add = [&](const std::optional<Formula>& formula) {
      if (!formula) return;
      for (const auto& use : formula->datasets()) add_once(names, use.dataset);
    };
    add(column.formula);
    add(column.value);
    for (const auto& rule : column.rules) add(rule.when);
  }
  return names;
}

}  // namespace pim::data::mockaroo
