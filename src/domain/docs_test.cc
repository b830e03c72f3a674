// docs/domain.md names every command, event and rejection, and no rejection that does not exist.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "domain/names.h"
#include "domain/rejection.h"

namespace pim {
namespace {

std::string page() {
  std::ifstream file("docs/domain.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DomainPage, NamesEveryCommandAndEvent) {
  const auto text = page();
  for (auto name : kCommandNames) EXPECT_NE(text.find(name), std::string::npos) << name;
  for (auto type : kEventTypes) EXPECT_NE(text.find(type), std::string::npos) << type;
}

TEST(DomainPage, NamesEveryRejectionWithItsClass) {
  const auto text = page();
  for (const auto& info : rejection_catalogue()) {
    const std::string quoted = "`" + std::string(info.type) + "`";
    const bool not_found = info.status_class == RejectionClass::not_found;
    EXPECT_NE(text.find(quoted), std::string::npos) << info.type;
    EXPECT_EQ(text.find(quoted + " †") != std::string::npos, not_found) << info.type;
  }
}

TEST(DomainPage, NamesNoOtherRejection) {
  const auto text = page();
  const auto rules =
      text.substr(text.find("## Rules"), text.find("## Choices") - text.find("## Rules"));
  const std::regex in_last_column("`([a-z-]+)`(?=[^|\n]*\\|\n)");
  int found = 0;
  for (std::sregex_iterator match(rules.begin(), rules.end(), in_last_column), end; match != end;
       ++match) {
    ++found;
    EXPECT_TRUE(find_rejection((*match)[1].str())) << (*match)[1];
  }
  EXPECT_GT(found, 40);
}

}  // namespace
}  // namespace pim
