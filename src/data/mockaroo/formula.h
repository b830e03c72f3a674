// Mockaroo's formulas: a small part of Ruby. What is known stands in
// docs/formats/mockaroo-schema.md; anything else is refused by name, with its place.
//
// Everything is bounded: the text, the depth, the size of every value, the steps of a regex.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/mockaroo/value.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

struct FormulaError {
  std::size_t column = 1;  // in characters, from 1
  std::string message;
};

// What a formula asks of the row that it stands in. The errors of all are messages.
class FormulaRow {
 public:
  using Answer = Result<Value, std::string>;
  using Criteria = std::vector<std::pair<std::string, Value>>;

  virtual ~FormulaRow() = default;
  virtual const Value& self() const = 0;  // `this`
  virtual Answer column(const std::string& name) = 0;
  // Of the first row whose columns equal the criteria; nil where there is none.
  virtual Answer from_dataset(const std::string& dataset, const std::string& column,
                              const Criteria& criteria) = 0;
  virtual std::uint64_t draw() = 0;      // 64 random bits
  virtual std::int64_t now() const = 0;  // Unix milliseconds: the same for all rows
};

class Formula {
 public:
  static constexpr std::size_t kMaxBytes = 10'000;

  static Result<Formula, FormulaError> parse(std::string_view text);
  Result<Value, FormulaError> evaluate(FormulaRow& row) const;

  struct Use {
    std::string name;
    std::size_t column = 1;  // where it stands
  };
  struct DatasetUse {
    std::string dataset;
    std::vector<std::string> columns;  // the one that is read, and those that are compared
    std::size_t column = 1;
  };
  const std::vector<Use>& columns() const { return columns_; }  // of the schema
  const std::vector<DatasetUse>& datasets() const { return datasets_; }

  struct Node;

 private:
  std::string text_;
  std::shared_ptr<const Node> root_;
  std::vector<Use> columns_;
  std::vector<DatasetUse> datasets_;
};

// The column, in characters from 1, of a byte of the text.
std::size_t character_column(std::string_view text, std::size_t byte);

}  // namespace pim::data::mockaroo
