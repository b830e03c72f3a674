#include "data/mockaroo/prepared.h"

#include <algorithm>
#include <set>

#include "data/mockaroo/options.h"
#include "data/mockaroo/types.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::uint64_t kMostCombinations = 1'000'000'000;

class Preparation {
 public:
  Preparation(const Schema& schema, const DatasetNames& datasets, std::vector<Finding>& findings)
      : schema_(schema), datasets_(datasets), findings_(findings) {}

  std::vector<PreparedColumn> run() {
    std::set<std::string> names;
    for (const auto& column : schema_.columns) {
      if (!names.insert(column.name).second) error(column.name, "name", "stands there twice");
      prepared_.push_back(prepare(column));
    }
    for (std::size_t i = 0; i < prepared_.size(); ++i) {
      find_array(i);
      check_names(prepared_[i]);
      check_dataset(i);
    }
    check_nesting();
    step_cartesian();
    return std::move(prepared_);
  }

 private:
  void error(const std::string& column, std::string key, std::string message) {
    findings_.push_back({true, column, std::move(key), std::move(message)});
  }
  void warning(const std::string& column, std::string key, std::string message) {
    findings_.push_back({false, column, std::move(key), std::move(message)});
  }

  PreparedColumn prepare(const SchemaColumn& column) {
    PreparedColumn into;
    into.column = &column;
    into.type = find_type(column.type);
    if (into.type == nullptr) {
      error(column.name, "type",
            is_mockaroo_type(column.type)
                ? "'" + column.type + "' is a type of Mockaroo's that cannot be made here"
                : "'" + column.type + "' is no type that is known");
    } else {
      Options options(column, findings_);
      if (into.type->prepare != nullptr) into.type->prepare(options, into);
      options.finish();
    }
    if (column.formula.empty()) return into;
    auto formula = Formula::parse(column.formula);
    if (!formula) {
      error(column.name, "formula",
            std::to_string(formula.error().column) + ": " + formula.error().message);
    } else {
      into.formula = std::move(*formula);
    }
    return into;
  }

  // The nearest JSON Array whose path this column's begins with.
  void find_array(std::size_t index) {
    const auto& path = prepared_[index].column->path;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < prepared_.size(); ++i) {
      const auto& column = *prepared_[i].column;
      const auto length = column.path.size();
      const bool inside = column.type == "JSON Array" && length < path.size() && length > longest &&
                          std::equal(column.path.begin(), column.path.end(), path.begin());
      if (!inside) continue;
      prepared_[index].array = i;
      longest = length;
    }
  }

  void check_names(const PreparedColumn& column) {
    const auto check = [&](const std::optional<Formula>& formula, const char* key) {
      if (formula) check_formula(column, *formula, key);
    };
    check(column.formula, "formula");
    check(column.value, "value");
    for (const auto& rule : column.rules) check(rule.when, "distribution");
    for (const auto& [is_column, name] : column.pieces) {
      if (is_column && schema_.find_from(*column.column, name) == nullptr) {
        error(column.column->name, "value", "there is no column '" + name + "'");
      }
    }
  }

  void check_formula(const PreparedColumn& column, const Formula& formula, const char* key) {
    for (const auto& use : formula.columns()) {
      if (schema_.find_from(*column.column, use.name) != nullptr) continue;
      error(column.column->name, key,
            std::to_string(use.column) + ": there is no column '" + use.name + "'");
    }
    for (const auto& use : formula.datasets()) {
      const auto* columns = datasets_.columns(use.dataset);
      if (columns == nullptr) {
        error(column.column->name, key,
              std::to_string(use.column) + ": the dataset '" + use.dataset + "' is not there");
        continue;
      }
      for (const auto& name : use.columns) {
        if (std::ranges::find(*columns, name) != columns->end()) continue;
        error(column.column->name, key,
              std::to_string(use.column) + ": the dataset '" + use.dataset + "' has no column '" +
                  name + "'");
      }
    }
  }

  void check_dataset(std::size_t index) {
    PreparedColumn& column = prepared_[index];
    if (column.dataset.empty()) return;
    const auto* columns = datasets_.columns(column.dataset);
    if (columns == nullptr) {
      error(column.column->name, "dataset", "'" + column.dataset + "' is not there");
      return;
    }
    if (!column.dataset_column.empty() &&
        std::ranges::find(*columns, column.dataset_column) == columns->end()) {
      error(column.column->name, "column",
            "the dataset '" + column.dataset + "' has no column '" + column.dataset_column + "'");
    }
    // without a style of its own it shows the row that an earlier column chose
    const auto* style = column.column->options.find("selectionStyle");
    if (style != nullptr && !style->is_null() && !style->as_text().empty()) return;
    for (std::size_t i = 0; i < index; ++i) {
      if (prepared_[i].dataset == column.dataset && prepared_[i].array == column.array) {
        column.leader = prepared_[i].leader.value_or(i);
        return;
      }
    }
  }

  // A name cannot be a value and hold others at once.
  void check_nesting() {
    if (schema_.format != OutputFormat::json && schema_.format != OutputFormat::json_lines) return;
    for (const auto& outer : prepared_) {
      if (outer.column->type == "JSON Array") continue;
      for (const auto& inner : prepared_) {
        const auto& path = outer.column->path;
        const bool inside = path.size() < inner.column->path.size() &&
                            std::equal(path.begin(), path.end(), inner.column->path.begin());
        if (!inside) continue;
        error(inner.column->name, "name", "is nested in '" + outer.column->name + "', a value");
        return;
      }
    }
  }

  // The last cartesian column changes with every row.
  void step_cartesian() {
    std::uint64_t step = 1;
    for (auto column = prepared_.rbegin(); column != prepared_.rend(); ++column) {
      if (column->selection != Selection::cartesian || column->values.empty()) continue;
      column->cartesian_step = step;
      step = std::min(step * column->values.size(), kMostCombinations);
    }
  }

  const Schema& schema_;
  const DatasetNames& datasets_;
  std::vector<Finding>& findings_;
  std::vector<PreparedColumn> prepared_;
};

}  // namespace

std::vector<PreparedColumn> prepare_columns(const Schema& schema, const DatasetNames& datasets,
                                            std::vector<Finding>& findings) {
  return Preparation(schema, datasets, findings).run();
}

}  // namespace pim::data::mockaroo
