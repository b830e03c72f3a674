#include "cli/prove/links.h"

#include <gtest/gtest.h>

namespace pim::cli::prove {
namespace {

Claim third() {
  auto claims = all_claims();
  return claim_of(claims, 3);
}

TEST(Links, AreProvedByTestsThatPassed) {
  auto claim = third();
  const auto judged = judge_links(
      R"({"claim": "links resolve; not clicked", "clicked": false,
          "tests": [{"name": "a", "passed": true}, {"name": "b", "passed": true}]})",
      claim);
  ASSERT_TRUE(judged.ok()) << judged.error();
  EXPECT_EQ(claim.verdict(), Verdict::proved);
  EXPECT_EQ(claim.checks.size(), 2u);
  EXPECT_EQ(claim.missing, "the click itself: links resolve; not clicked");
}

TEST(Links, MissNothingWhereTheyWereClicked) {
  auto claim = third();
  ASSERT_TRUE(judge_links(R"({"claim": "links resolve; clicked in Grafana 13", "clicked": true,
                              "tests": [{"name": "a", "passed": true}]})",
                          claim)
                  .ok());
  EXPECT_EQ(claim.missing, "");
}

TEST(Links, FailByOneTest) {
  auto claim = third();
  ASSERT_TRUE(judge_links(R"({"claim": "x", "clicked": false, "tests": [
      {"name": "a", "passed": true}, {"name": "b", "passed": false, "problem": "no trace"}]})",
                          claim)
                  .ok());
  EXPECT_EQ(claim.verdict(), Verdict::failed);
  EXPECT_EQ(claim.checks[1].evidence, "failed: no trace");
  EXPECT_EQ(claim.missing, "") << "nothing is said of clicks where links do not resolve";
}

TEST(Links, AreNotDeliveredWithoutAStack) {
  auto claim = third();
  ASSERT_TRUE(judge_links(R"({"tests": [], "reason": "./lab stack build makes it"})", claim).ok());
  EXPECT_EQ(claim.verdict(), Verdict::not_delivered);
  EXPECT_EQ(claim.missing, "./lab stack build makes it");
}

TEST(Links, AreNoProofByAnotherFile) {
  for (const auto* json : {"", "[]", "{}", R"({"tests": []})", R"({"tests": [{"name": "a"}]})",
                           R"({"tests": [{"passed": true}], "clicked": false})",
                           R"({"tests": [{"name": "a", "passed": true}]})"}) {
    auto claim = third();
    EXPECT_FALSE(judge_links(json, claim).ok()) << json;
  }
}

}  // namespace
}  // namespace pim::cli::prove
