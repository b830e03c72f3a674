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

// All of these once ran into what toml++ holds to be impossible; only the sanitizers see it.
TEST(Toml, CharactersBeyondAsciiAreWelcomeOrAnErrorWithItsPlace) {
  for (const char* text :
       {"a = 1\nb\xC3\xA9 = 2", "a = \"x\"\n[\xE2\x80\xAF]", "a = 'é'\nb\xC3\xAD",
        "a = \"é\"\nc\xC3\xAD", "a = 1\nn=1\"é", "a = 1\nb = \"\"\"\\é\"\"\"", "a = 1\nb = \"\\é\"",
        "a = 1\n\xE1\x9A\x81 = 2", "a = 1\n\xEF\xBF\xBF"}) {
    const auto parsed = parse_toml(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().place.line, 2U) << text << ": " << parsed.error().message;
  }
  for (const char* text :
       {"a = \"\\\\é\"", "a = \"\"\"\\\n  é\"\"\"", "a = '\\é'", "a = \"\\\"é\""}) {
    const auto parsed = parse_toml(text);
    EXPECT_TRUE(parsed.ok()) << text << ": " << (parsed.ok() ? "" : parsed.error().message);
  }
}

TEST(Toml, ABrokenTextIsAnErrorWithItsPlace) {
  for (const char* text : {"[,", "a = ", "a = \"é", "a = 'é\nb\xC3\xA9 = 1", "= 1", "[a", "a = 1 2",
                           "a = t\nb = 1", "a = i\nb = 1", "a = t\x1B[2J"}) {
    const auto parsed = parse_toml(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_FALSE(parsed.error().message.empty());
    for (const unsigned char c : parsed.error().message) {
      EXPECT_TRUE(c >= 0x20 && c != 0x7F) << parsed.error().message;
    }
  }
}

}  // namespace
}  // namespace pim::data
