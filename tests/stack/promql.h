// What a PromQL expression reads: its selectors. No parser of the language: enough of its words to
// tell a metric from a function, a label and a keyword.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pim::stack {

struct Selector {
  std::string metric;  // pim_ready
  std::string text;    // pim_ready{job="pim/pim"}: a query of its own; no range, no offset
};

// In their order, repeated ones too. Selectors without a metric's name are left out.
std::vector<Selector> selectors_of(std::string_view promql);

}  // namespace pim::stack
