#include "data/mockaroo/regex.h"

#include <gtest/gtest.h>

#include <random>

namespace pim::data::mockaroo {
namespace {

std::string first_match(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::parse(pattern);
  if (!regex) return "error at " + std::to_string(regex.error().at) + ": " + regex.error().message;
  const auto found = regex->search(text, 0);
  if (!found) return "gave up";
  if (!*found) return "none";
  const auto [from, to] = (*found)->groups[0];
  return "'" + std::string(text.substr(from, to - from)) + "'";
}

TEST(Regex, Matches) {
  EXPECT_EQ(first_match("a+b?", "xaaby"), "'aab'");
  EXPECT_EQ(first_match("^b", "ab"), "none");
  EXPECT_EQ(first_match("(ab|cd)*e", "xabcde"), "'abcde'");
  EXPECT_EQ(first_match(R"(\d{2,3}$)", "1 22 333"), "'333'");
  EXPECT_EQ(first_match(R"([^a-c\s]+)", "ab xyz"), "'xyz'");
  EXPECT_EQ(first_match(R"(\bcat\b)", "concat cat"), "'cat'");
  EXPECT_EQ(first_match("[:upper:]{2}-[[:lower:]]", "a-AB-c"), "'AB-c'");
  EXPECT_EQ(first_match("x*", ""), "''");
  EXPECT_EQ(first_match("(a*)*b", "aaac"), "none");
}

TEST(Regex, Refuses) {
  EXPECT_EQ(first_match("a**", "a"),
            "error at 2: lazy and possessive repetitions are not known here");
  EXPECT_EQ(first_match("(a", "a"), "error at 2: a ( without its )");
  EXPECT_EQ(first_match("a)", "a"), "error at 1: a ) without its (");
  EXPECT_EQ(first_match("[a", "a"), "error at 0: a [ without its ]");
  EXPECT_EQ(first_match("a{3,1}", "a"),
            "error at 1: this repetition is too large, or ends before it begins");
  EXPECT_EQ(first_match(R"((a)\1)", "a"),
            "error at 3: references within a pattern are not known here");
  EXPECT_EQ(first_match("(?=a)", "a"),
            "error at 2: only (?:...) is known of the groups that begin with (?");
  EXPECT_EQ(first_match(std::string(2000, 'a'), "a"), "error at 0: the pattern is too long");
  EXPECT_EQ(first_match(std::string(500, '('), "a").substr(0, 5), "error");
}

TEST(Regex, MakesWhatItMatches) {
  for (const auto* pattern : {R"(MRN-[1-9]\d{6})", "[0-2][0-9]", "(foo|ba(r|z)){1,4}",
                              R"(\w+\s?\h*)", "[:upper:]{2}-\\d{3}-[:lower:]{1}", "a.c"}) {
    const auto regex = Regex::parse(pattern);
    ASSERT_TRUE(regex.ok()) << pattern;
    for (std::uint64_t row = 0; row < 50; ++row) {
      Draw draw(1, pattern, row, 0);
      const auto text = regex->generate(draw);
      const auto found = regex->search(text, 0);
      ASSERT_TRUE(found.ok() && *found) << pattern << ": " << text;
      EXPECT_EQ((*found)->groups[0], std::pair(std::size_t{0}, text.size()))
          << pattern << ": " << text;
    }
  }
}

TEST(Regex, EndsWhateverThePattern) {
  const auto nothing = Regex::parse("((((a{0}){1000}){1000}){1000}){1000}");
  ASSERT_TRUE(nothing.ok());
  Draw draw(1, "", 0, 0);
  EXPECT_EQ(nothing->generate(draw), "");
  EXPECT_EQ(first_match("(a|a)*(a|a)*(a|a)*c", std::string(40, 'a')), "gave up");
  EXPECT_EQ(first_match("a", std::string(5000, 'b')), "gave up");

  std::mt19937 random(7);
  constexpr std::string_view kSigns = "ab(|)[]{}*+?.^$\\d-1,:";
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern;
    for (auto left = random() % 12; left > 0; --left) pattern += kSigns[random() % kSigns.size()];
    SCOPED_TRACE("seed 7: " + pattern);
    EXPECT_FALSE(first_match(pattern, "aabb1").empty());
    if (const auto regex = Regex::parse(pattern)) regex->generate(draw);
  }
}

}  // namespace
}  // namespace pim::data::mockaroo
