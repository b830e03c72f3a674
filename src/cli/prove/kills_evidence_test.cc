#include "cli/prove/kills_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace pim::cli::prove {
namespace {

// A run in which everything went well.
struct GoodRun {
  GoodRun() {
    evidence.import.rows = evidence.import.commands = evidence.import.accepted = 10;
    evidence.import.identifiers_dropped["patients.csv:ssn"] = 3;
    evidence.import_again.replayed = 10;
    evidence.generated.commands = evidence.generated.accepted = 30;
    evidence.generated_again.commands = evidence.generated_again.replayed = 30;
    evidence.kills = {{1, 4, 200, 300}};
    chaos.acknowledged = calm.acknowledged = 100;
    chaos.reads = calm.reads = 5;
    calm.by_shard = {25, 25, 20, 30};
    evidence.chaos = &chaos;
    evidence.calm = &calm;
    evidence.metric_by_shard = {25, 25, 20, 30};
    evidence.replays = {20, 20, 2, 2};
    evidence.audit = {8, 8, true, true};
    evidence.rebuild.rows_compared = 50;
    evidence.caught_up = evidence.drained = true;
    evidence.verify.events = 100;
    evidence.reconstruct.patients = 10;
    evidence.calls.acknowledged = evidence.calls.events = 100;
    evidence.seed_scan.rows = 1000;
    evidence.foreign_scan.add(kRule, "intake.csv", {2, 1});
    evidence.store_scan.events = 100;
  }
  void found(load::Violation violation) {
    evidence.calls.violations[static_cast<std::size_t>(violation)] = 1;
  }
  std::vector<Claim> claims() const {
    auto claims = all_claims();
    judge_kills(evidence, claims);
    return claims;
  }
  Verdict verdict(int claim) const {
    auto judged = claims();
    return claim_of(judged, claim).verdict();
  }
  static constexpr auto kRule = data::privacy::Rule::ssn;

  TrafficReport chaos;
  TrafficReport calm;
  KillsEvidence evidence;
};

TEST(KillsEvidence, HoldsWhereEverythingWentWell) {
  const GoodRun run;
  const auto claims = run.claims();
  ASSERT_EQ(claims.size(), 7u) << "six, and the premise";
  EXPECT_FALSE(any_fails(claims)) << to_text(claims);
  EXPECT_EQ(run.verdict(1), Verdict::proved);
  EXPECT_EQ(run.verdict(2), Verdict::proved);
  EXPECT_EQ(run.verdict(4), Verdict::proved);
  EXPECT_EQ(run.verdict(kPremise), Verdict::proved);
}

TEST(KillsEvidence, CallsTheRestNotDelivered) {
  const GoodRun run;
  for (const int claim : {3, 5, 6}) EXPECT_EQ(run.verdict(claim), Verdict::not_delivered) << claim;
}

TEST(KillsEvidence, EachFindingFailsItsClaim) {
  struct Case {
    const char* what;
    int claim;
    std::function<void(GoodRun&)> damage;
  };
  const Case cases[] = {
      {"lost", 1, [](auto& t) { t.found(load::Violation::lost); }},
      {"duplicated", 1, [](auto& t) { t.found(load::Violation::duplicated); }},
      {"phantom", 1, [](auto& t) { t.found(load::Violation::phantom); }},
      {"nothing acknowledged", 1, [](auto& t) { t.evidence.calls.acknowledged = 0; }},
      {"no kills", 1, [](auto& t) { t.evidence.kills.clear(); }},
      {"killed while idle", 1, [](auto& t) { t.evidence.kills[0].in_flight = 0; }},
      {"another answer", 1, [](auto& t) { t.evidence.replays.same = 19; }},
      {"key reused", 1, [](auto& t) { t.evidence.replays.key_reuse_refused = 1; }},
      {"import refused", 1, [](auto& t) { t.evidence.import.refused = 1; }},
      {"imported twice", 1, [](auto& t) { t.evidence.import_again.accepted = 1; }},
      {"nothing dropped", 1, [](auto& t) { t.evidence.import.identifiers_dropped.clear(); }},
      {"generated refused", 1, [](auto& t) { t.evidence.generated.refused = 1; }},
      {"generated twice", 1, [](auto& t) { t.evidence.generated_again.accepted = 1; }},
      {"nothing generated", 1, [](auto& t) { t.evidence.generated = {}; }},
      {"valid refused", 1, [](auto& t) { t.chaos.refused = 1; }},
      {"setup refused", 1, [](auto& t) { t.evidence.refused_setup = {"register-facility"}; }},
      {"no clean end", 1, [](auto& t) { t.evidence.drained = false; }},
      {"slow end", 1, [](auto& t) { t.evidence.drain_ms = 6000; }},
      {"unnamed", 2, [](auto& t) { t.found(load::Violation::unnamed); }},
      {"chain", 2, [](auto& t) { t.evidence.verify.findings = {{"bucket 1", "x"}}; }},
      {"nothing verified", 2, [](auto& t) { t.evidence.verify.events = 0; }},
      {"write not found", 2, [](auto& t) { t.evidence.audit.found = 7; }},
      {"denial not found", 2, [](auto& t) { t.evidence.audit.denied_found = false; }},
      {"read not found", 2, [](auto& t) { t.evidence.audit.read_found = false; }},
      {"state differs", 2, [](auto& t) { t.evidence.reconstruct.different = 1; }},
      {"rows differ", 2, [](auto& t) { t.evidence.rebuild.differences = 1; }},
      {"no rebuild", 2, [](auto& t) { t.evidence.rebuild.error = "busy"; }},
      {"behind", 2, [](auto& t) { t.evidence.caught_up = false; }},
      {"stale read", 2, [](auto& t) { t.calm.stale_reads = 1; }},
      {"misplaced", 4, [](auto& t) { t.found(load::Violation::misplaced); }},
      {"misrouted", 4, [](auto& t) { t.chaos.misrouted = 1; }},
      {"miscounted", 4, [](auto& t) { t.evidence.metric_by_shard[2] = 21; }},
      {"idle shard", 4, [](auto& t) { t.evidence.metric_by_shard[2] = t.calm.by_shard[2] = 0; }},
      {"no metrics", 4, [](auto& t) { t.evidence.metric_by_shard.clear(); }},
      {"seed not clean", 0, [](auto& t) { t.evidence.seed_scan.add(t.kRule, "x.csv", {2, 1}); }},
      {"no seed", 0, [](auto& t) { t.evidence.seed_scan.rows = 0; }},
      {"a blind check", 0, [](auto& t) { t.evidence.foreign_scan = {}; }},
      {"store not clean", 0, [](auto& t) { t.evidence.store_scan.add(t.kRule, "bucket 1", {}); }},
      {"events left out", 0, [](auto& t) { t.evidence.store_scan.events = 99; }},
  };
  for (const auto& each : cases) {
    GoodRun run;
    each.damage(run);
    EXPECT_EQ(run.verdict(each.claim), Verdict::failed) << each.what;
    EXPECT_TRUE(any_fails(run.claims())) << each.what;
  }
}

}  // namespace
}  // namespace pim::cli::prove
