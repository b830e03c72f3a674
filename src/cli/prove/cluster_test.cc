#include "cli/prove/cluster.h"

#include <gtest/gtest.h>

namespace pim::cli::prove {
namespace {

TEST(Cluster, ProvesTheClaimsThatItsChecksName) {
  auto claims = all_claims();
  const auto judged = judge_cluster(
      R"({"checks": [{"claim": 5, "check": "in time", "evidence": "300 s", "holds": true},
                     {"claim": 1, "check": "pods", "evidence": "0 lost", "holds": true}]})",
      claims);
  ASSERT_TRUE(judged.ok()) << judged.error();
  for (const int number : {1, 5}) {
    const auto& claim = claim_of(claims, number);
    EXPECT_EQ(claim.verdict(), Verdict::proved) << number;
    EXPECT_EQ(claim.missing, "") << number;
  }
  EXPECT_EQ(claim_of(claims, 5).checks[0].evidence, "300 s");
  EXPECT_EQ(claim_of(claims, 2).verdict(), Verdict::not_delivered);
}

TEST(Cluster, LeavesPodsMissingWhereNoneWasKilled) {
  auto claims = all_claims();
  ASSERT_TRUE(
      judge_cluster(
          R"({"checks": [{"claim": 5, "check": "a", "evidence": "it ended", "holds": false}]})",
          claims)
          .ok());
  EXPECT_EQ(claim_of(claims, 5).verdict(), Verdict::failed);
  EXPECT_EQ(claim_of(claims, 1).missing, "pods");
}

TEST(Cluster, IsNotDeliveredForAReason) {
  auto claims = all_claims();
  ASSERT_TRUE(judge_cluster(R"({"checks": [], "reason": "it needs root"})", claims).ok());
  EXPECT_EQ(claim_of(claims, 5).verdict(), Verdict::not_delivered);
  EXPECT_EQ(claim_of(claims, 5).missing, "it needs root");
  EXPECT_EQ(claim_of(claims, 1).missing, "pods: it needs root");
}

TEST(Cluster, IsNoProofByAnotherFile) {
  for (const auto* json :
       {"", "[]", "{}", R"({"checks": []})", R"({"checks": [], "reason": ""})",
        R"({"checks": [{"claim": 5}]})",
        R"({"checks": [{"claim": 5, "check": "", "evidence": "", "holds": true}]})",
        R"({"checks": [{"claim": 7, "check": "a", "evidence": "", "holds": true}]})",
        R"({"checks": [{"claim": "5", "check": "a", "evidence": "", "holds": true}]})",
        R"({"checks": [{"claim": 5, "check": "a", "evidence": "", "holds": 1}]})"}) {
    auto claims = all_claims();
    EXPECT_FALSE(judge_cluster(json, claims).ok()) << json;
    EXPECT_TRUE(claim_of(claims, 5).checks.empty()) << json;
  }
}

}  // namespace
}  // namespace pim::cli::prove
