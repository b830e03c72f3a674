// A formula's text into its tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/mockaroo/formula_lexer.h"
#include "data/mockaroo/formula_node.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

struct ParsedFormula {
  Formula::Node root;
  std::vector<Formula::Use> columns;  // places are bytes
  std::vector<Formula::DatasetUse> datasets;
};

Result<ParsedFormula, LexError> parse_formula_tree(std::string_view text);

}  // namespace pim::data::mockaroo
