#include "data/mockaroo/plan.h"

#include <algorithm>

#include "data/mockaroo/prepared.h"

namespace pim::data::mockaroo {
namespace {

enum class Visit { no, open, done };

// Depth first, so that what is needed stands before what needs it.
class Order {
 public:
  explicit Order(const std::vector<Schema>& schemas)
      : schemas_(schemas), visits_(schemas.size(), Visit::no) {}

  Result<std::vector<std::size_t>, std::string> run() {
    for (std::size_t i = 0; i < schemas_.size(); ++i) {
      if (auto problem = visit(i); !problem.empty()) return Err{std::move(problem)};
    }
    return std::move(order_);
  }

 private:
  std::string visit(std::size_t index) {
    if (visits_[index] == Visit::done) return {};
    const auto& name = schemas_[index].name;
    if (visits_[index] == Visit::open) return "the schemas need each other's rows: " + name;
    visits_[index] = Visit::open;
    for (const auto& dataset : datasets_of(schemas_[index])) {
      const auto other = std::ranges::find(schemas_, dataset, &Schema::name);
      if (other == schemas_.end()) continue;
      auto problem = visit(static_cast<std::size_t>(other - schemas_.begin()));
      if (!problem.empty()) return problem;
    }
    visits_[index] = Visit::done;
    order_.push_back(index);
    return {};
  }

  const std::vector<Schema>& schemas_;
  std::vector<Visit> visits_;
  std::vector<std::size_t> order_;
};

class NothingKnown : public DatasetNames {
 public:
  const std::vector<std::string>* columns(std::string_view) const override { return nullptr; }
};

}  // namespace

std::vector<std::string> written_columns(const Schema& schema) {
  std::vector<std::string> names;
  std::vector<Finding> ignored;
  for (const auto& column : prepare_columns(schema, NothingKnown(), ignored)) {
    if (!column.array && !column.column->hidden) names.push_back(column.column->name);
  }
  return names;
}

Result<std::vector<std::size_t>, std::string> order_by_datasets(
    const std::vector<Schema>& schemas) {
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (schemas[i].name == schemas[j].name) {
        return Err{"two schemas are named '" + schemas[i].name + "'"};
      }
    }
  }
  return Order(schemas).run();
}

std::vector<std::string> counting_columns(const Schema& schema) {
  std::vector<std::string> names;
  std::vector<Finding> ignored;
  for (const auto& column : prepare_columns(schema, NothingKnown(), ignored)) {
    const auto& type = column.column->type;
    const bool counts = type == "Row Number" || type == "Sequence" ||
                        (type == "Custom List" && column.selection != Selection::random) ||
                        (type == "Dataset Column" && column.selection != Selection::random);
    if (counts) names.push_back(column.column->name);
  }
  return names;
}

}  // namespace pim::data::mockaroo
