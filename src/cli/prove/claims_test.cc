#include "cli/prove/claims.h"

#include <gtest/gtest.h>

namespace pim::cli::prove {
namespace {

constexpr auto kHeld = true;

TEST(Claims, AreSixAndAPremiseAndNoneIsDeliveredByItself) {
  auto claims = all_claims();
  ASSERT_EQ(claims.size(), kClaims + 1u);
  for (int number = kPremise; number <= kClaims; ++number) {
    EXPECT_EQ(claim_of(claims, number).number, number);
    EXPECT_EQ(claim_of(claims, number).verdict(), Verdict::not_delivered);
  }
  EXPECT_EQ(exit_code_of(claims), kOk);
}

TEST(Claims, AFailedCheckOutweighsADoubtAndADoubtWhatHolds) {
  Claim claim = all_claims()[0];
  claim.checks = {{"one", "1", kHeld}, {"two", "2", kHeld}};
  EXPECT_EQ(claim.verdict(), Verdict::proved);
  claim.doubt = "the generator was the bottleneck";
  EXPECT_EQ(claim.verdict(), Verdict::inconclusive);
  claim.checks[1].holds = false;
  EXPECT_EQ(claim.verdict(), Verdict::failed);
  claim.checks.clear();
  EXPECT_EQ(claim.verdict(), Verdict::inconclusive);
}

TEST(Claims, DecideTheExitCode) {
  auto claims = all_claims();
  claim_of(claims, 1).checks = {{"one", "1", kHeld}};
  EXPECT_EQ(exit_code_of(claims), kOk);
  claim_of(claims, 6).doubt = "x";
  EXPECT_EQ(exit_code_of(claims), kInconclusive);
  claim_of(claims, 4).checks = {{"four", "4", !kHeld}};
  EXPECT_EQ(exit_code_of(claims), kClaimFailed);
}

TEST(Claims, ASabotageCountsOnlyWhereItsOwnClaimFails) {
  auto claims = all_claims();
  claim_of(claims, 1).checks = {{"one", "1", !kHeld}};
  claim_of(claims, 4).checks = {{"four", "4", kHeld}};
  EXPECT_EQ(exit_code_of(claims, 1), kClaimFailed);
  EXPECT_EQ(exit_code_of(claims, 4), kInconclusive) << "it held, and so its check is blind";
  EXPECT_EQ(exit_code_of(claims, 6), kInconclusive) << "it was not shown";
}

TEST(Claims, AreSaidWithTheirChecksAndReasons) {
  auto claims = all_claims();
  claim_of(claims, 1).checks = {{"what", "numbers", !kHeld}};
  claim_of(claims, 6).doubt = "too slow a generator";
  const auto text = to_text(claims);
  for (const auto* part :
       {"claim 1  any process may be killed: no acknowledged write is lost: FAILED",
        "FAIL  what\n          numbers", "inconclusive: too slow a generator",
        "not delivered: no redeployment was handed in", "premise  "}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
}

}  // namespace
}  // namespace pim::cli::prove
