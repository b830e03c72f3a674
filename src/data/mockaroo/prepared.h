// A schema's columns, read once: options as numbers, formulas as trees.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/mockaroo/check.h"
#include "data/mockaroo/formula.h"
#include "data/mockaroo/regex.h"
#include "data/mockaroo/schema.h"

namespace pim::data::mockaroo {

class CellMaker;
struct TypeInfo;

enum class Selection { random, sequential, cartesian };

// A distribution of a custom list: where the rule holds, the values by their weights.
struct WeightRule {
  std::optional<Formula> when;     // none: always
  std::vector<double> cumulative;  // as many as values; the last is the sum
};

struct PreparedColumn {
  const SchemaColumn* column = nullptr;
  const TypeInfo* type = nullptr;
  std::optional<Formula> formula;    // applied to the value
  std::optional<std::size_t> array;  // the JSON Array column that it is inside of

  // What the types keep; each uses a few.
  double min = 0;
  double max = 0;
  int decimals = 0;
  std::string format;             // of dates, phones, character sequences
  std::string symbol;             // of money
  std::int64_t first_millis = 0;  // of dates: from, to
  std::int64_t last_millis = 0;
  std::vector<std::string> values;  // of custom lists
  Selection selection = Selection::random;
  std::uint64_t cartesian_step = 1;  // rows before the next value comes
  std::vector<WeightRule> rules;
  std::optional<Regex> regex;
  std::optional<Formula> value;                      // of Formula columns
  std::vector<std::pair<bool, std::string>> pieces;  // of templates: (is a column, text)
  std::int64_t start = 1;                            // of sequences
  std::int64_t step = 1;
  std::int64_t repeat = 1;
  std::string dataset;
  std::string dataset_column;         // empty: the first
  std::optional<std::size_t> leader;  // the earlier column whose row of the dataset it follows
};

// One a column, in order, with what was found on the way: columns with errors must not be used.
std::vector<PreparedColumn> prepare_columns(const Schema& schema, const DatasetNames& datasets,
                                            std::vector<Finding>& findings);

}  // namespace pim::data::mockaroo
