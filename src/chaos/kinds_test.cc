#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "chaos/kind.h"

namespace pim::chaos {
namespace {

std::string read_page(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Kinds, CanBeOrderedWithNothingSaid) {
  std::set<std::string_view> names;
  for (const auto& kind : kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name << " is there twice";
    const auto checked = check_fault(kind.name, {});
    EXPECT_TRUE(checked.ok()) << checked.error().message;
    EXPECT_FALSE(kind.meaning.empty()) << kind.name;
  }
}

TEST(Kinds, HaveARunbookAndARowInTheDocumentation) {
  const auto page = read_page("docs/chaos.md");
  for (const auto& kind : kinds()) {
    const auto runbook = read_page("docs/runbooks/" + std::string(kind.runbook) + ".md");
    EXPECT_NE(runbook.find("`" + std::string(kind.name) + "`"), std::string::npos)
        << kind.runbook << ".md does not tell of " << kind.name;
    const auto row = page.find("| `" + std::string(kind.name) + "` |");
    ASSERT_NE(row, std::string::npos) << "docs/chaos.md has no row of " << kind.name;
    const auto line = page.substr(row, page.find('\n', row) - row);
    for (const auto& info : kind.parameters) {
      EXPECT_NE(line.find("`" + std::string(info.name) + "="), std::string::npos)
          << "the row of " << kind.name << " lacks " << info.name;
    }
    EXPECT_NE(line.find(std::string(kind.runbook) + ".md"), std::string::npos) << kind.name;
  }
}

TEST(Kinds, SayWhatATargetLacks) {
  Target nothing;
  nothing.name = "spine";
  for (const auto& kind : kinds()) {
    const auto made = make_fault(kind.name, nothing, {}, nullptr);
    ASSERT_FALSE(made.ok()) << kind.name;
    EXPECT_EQ(made.error().trouble, Trouble::usage);
    EXPECT_EQ(made.error().message, std::string(kind.name) + " needs " +
                                        std::string(to_string(kind.need)) +
                                        ", and 'spine' has none");
  }
}

TEST(Kinds, ThatAreNoneAreNamed) {
  const auto checked = check_fault("earthquake", {});
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().message,
            "no fault is called 'earthquake'; `pim chaos list` shows those there are");
}

}  // namespace
}  // namespace pim::chaos
