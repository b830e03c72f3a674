#include "data/toml.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

TEST(Toml, TakesWhatStandsInQuotesAndComments) {
  for (const char* text : {"a = \"é\" # ü\nb = 1", "\"é\" = 'ü'", "a = \"\\\"é\"",
                           "a = \"\"\"é\n\"\"é\"\"\"\"\"\nb = 1", "a = '''é'\n'''\nb = 2",
                           "\xEF\xBB\xBF"
                           "a = 1"}) {
    const auto parsed = parse_toml(text);
    EXPECT_TRUE(parsed.ok()) << text << ": " << (parsed.ok() ? "" : parsed.error().message);
  }
}

TEST(Toml, SaysWhereABareCharacterBeyondAsciiStands) {
  for (const char* text : {"a = 1\nb\xC3\xA9 = 2", "a = \"x\"\n[\xE2\x80\xAF]",
                           "a = '''é'''\nb\xC3\xAD", "a = \"\"\"é\"\"\"\nc\xC3\xAD"}) {
    const auto parsed = parse_toml(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().place.line, 2U) << text;
    EXPECT_EQ(parsed.error().place.column, 2U) << text;
    EXPECT_NE(parsed.error().message.find("in quotes"), std::string::npos);
  }
}

TEST(Toml, ABrokenTextIsAnErrorWithItsPlace) {
  for (const char* text :
       {"[,", "a = ", "a = \"é", "a = 'é\nb\xC3\xA9 = 1", "= 1", "[a", "a = 1 2"}) {
    const auto parsed = parse_toml(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_FALSE(parsed.error().message.empty());
  }
}

}  // namespace
}  // namespace pim::data
