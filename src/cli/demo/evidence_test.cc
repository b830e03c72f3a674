#include "cli/demo/evidence.h"

#include <gtest/gtest.h>

#include <functional>

namespace pim::cli::demo {
namespace {

// A run in which everything went well.
class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() {
    evidence_.import.rows = evidence_.import.commands = evidence_.import.accepted = 10;
    evidence_.import.identifiers_dropped["patients.csv:ssn"] = 3;
    evidence_.import_again.replayed = 10;
    evidence_.kills = {{1, 4, 200, 300}};
    chaos_.acknowledged = calm_.acknowledged = 100;
    chaos_.reads = calm_.reads = 5;
    calm_.by_shard = {25, 25, 20, 30};
    evidence_.chaos = &chaos_;
    evidence_.calm = &calm_;
    evidence_.metric_by_shard = {25, 25, 20, 30};
    evidence_.replays = {20, 20, 2, 2};
    evidence_.audit = {8, 8, true, true};
    evidence_.rebuild.rows_compared = 50;
    evidence_.caught_up = evidence_.drained = true;
    evidence_.verify.events = 100;
    evidence_.reconstruct.patients = 10;
    evidence_.ledger.acknowledged = evidence_.ledger.events = 100;
  }
  Verdict verdict(int claim) const {
    return judge(evidence_)[static_cast<std::size_t>(claim - 1)].verdict();
  }

  TrafficReport chaos_;
  TrafficReport calm_;
  Evidence evidence_;
};

TEST_F(EvidenceTest, HoldsWhereEverythingWentWell) {
  const auto claims = judge(evidence_);
  ASSERT_EQ(claims.size(), 6u);
  EXPECT_FALSE(any_fails(claims)) << to_text(claims);
  EXPECT_EQ(verdict(1), Verdict::holds);
  EXPECT_EQ(verdict(2), Verdict::holds);
  EXPECT_EQ(verdict(4), Verdict::holds);
}

TEST_F(EvidenceTest, CallsTheRestNotDelivered) {
  for (const int claim : {3, 5, 6}) EXPECT_EQ(verdict(claim), Verdict::not_delivered) << claim;
}

TEST_F(EvidenceTest, EachFindingFailsItsClaim) {
  struct Case {
    const char* what;
    int claim;
    std::function<void(EvidenceTest&)> damage;
  };
  const Case cases[] = {
      {"lost", 1, [](auto& t) { t.evidence_.ledger.lost = 1; }},
      {"duplicated", 1, [](auto& t) { t.evidence_.ledger.duplicated = 1; }},
      {"phantom", 1, [](auto& t) { t.evidence_.ledger.phantom = 1; }},
      {"nothing acknowledged", 1, [](auto& t) { t.evidence_.ledger.acknowledged = 0; }},
      {"no kills", 1, [](auto& t) { t.evidence_.kills.clear(); }},
      {"killed while idle", 1, [](auto& t) { t.evidence_.kills[0].in_flight = 0; }},
      {"another answer", 1, [](auto& t) { t.evidence_.replays.same = 19; }},
      {"key reused", 1, [](auto& t) { t.evidence_.replays.key_reuse_refused = 1; }},
      {"import refused", 1, [](auto& t) { t.evidence_.import.refused = 1; }},
      {"imported twice", 1, [](auto& t) { t.evidence_.import_again.accepted = 1; }},
      {"nothing dropped", 1, [](auto& t) { t.evidence_.import.identifiers_dropped.clear(); }},
      {"valid refused", 1, [](auto& t) { t.chaos_.refused = 1; }},
      {"no clean end", 1, [](auto& t) { t.evidence_.drained = false; }},
      {"slow end", 1, [](auto& t) { t.evidence_.drain_ms = 6000; }},
      {"unnamed", 2, [](auto& t) { t.evidence_.ledger.unnamed = 1; }},
      {"chain", 2, [](auto& t) { t.evidence_.verify.findings = {{"bucket 1", "x"}}; }},
      {"nothing verified", 2, [](auto& t) { t.evidence_.verify.events = 0; }},
      {"write not found", 2, [](auto& t) { t.evidence_.audit.found = 7; }},
      {"denial not found", 2, [](auto& t) { t.evidence_.audit.denied_found = false; }},
      {"read not found", 2, [](auto& t) { t.evidence_.audit.read_found = false; }},
      {"state differs", 2, [](auto& t) { t.evidence_.reconstruct.different = 1; }},
      {"rows differ", 2, [](auto& t) { t.evidence_.rebuild.differences = 1; }},
      {"no rebuild", 2, [](auto& t) { t.evidence_.rebuild.error = "busy"; }},
      {"behind", 2, [](auto& t) { t.evidence_.caught_up = false; }},
      {"stale read", 2, [](auto& t) { t.calm_.stale_reads = 1; }},
      {"misrouted", 4, [](auto& t) { t.chaos_.misrouted = 1; }},
      {"miscounted", 4, [](auto& t) { t.evidence_.metric_by_shard[2] = 21; }},
      {"idle shard", 4, [](auto& t) { t.evidence_.metric_by_shard[2] = t.calm_.by_shard[2] = 0; }},
      {"no metrics", 4, [](auto& t) { t.evidence_.metric_by_shard.clear(); }},
  };
  for (const auto& each : cases) {
    const auto evidence = evidence_;
    const auto chaos = chaos_;
    const auto calm = calm_;
    each.damage(*this);
    EXPECT_EQ(verdict(each.claim), Verdict::fails) << each.what;
    EXPECT_TRUE(any_fails(judge(evidence_))) << each.what;
    evidence_ = evidence;
    chaos_ = chaos;
    calm_ = calm;
  }
}

}  // namespace
}  // namespace pim::cli::demo
