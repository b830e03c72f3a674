// docs/privacy.md has each rule once, and no rule that does not exist. Runs in the source
// directory.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "data/privacy/rules.h"

namespace pim::data::privacy {
namespace {

TEST(PrivacyPage, HasEachRuleOnceAndNoOther) {
  std::ifstream file("docs/privacy.md");
  std::multiset<std::string> named;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const auto cell = line.substr(0, line.find('|', 1));
    const std::regex quoted("`([a-z0-9-]+)`");
    for (std::sregex_iterator match(cell.begin(), cell.end(), quoted), end; match != end; ++match) {
      named.insert((*match)[1].str());
    }
  }
  std::multiset<std::string> rules;
  for (const auto& rule : all_rules()) rules.emplace(rule.id);
  EXPECT_EQ(named, rules);
}

}  // namespace
}  // namespace pim::data::privacy
