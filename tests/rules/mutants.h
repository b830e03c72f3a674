// Rules with one thing wrong each: what their tests have to notice.
#pragma once

#include <string>
#include <vector>

namespace pim::rules {

// An expression with one thing changed: a number (a quarter more or a fifth less; 0 becomes 1), a
// window (twice, or half), a comparison, a matcher or its value, `and` or `or`.
std::vector<std::string> mutants_of_expression(const std::string& promql);

struct RuleMutant {
  std::string what;  // PimDown: for = 2m
  std::string file;  // the whole rule file's text
};

// Of each rule of a rule file: all of the above, another value of each label and annotation, twice
// the `for` and none, and the file without it.
std::vector<RuleMutant> mutants_of_file(const std::string& yaml);

}  // namespace pim::rules
