#include "cli/prove/pressure_evidence.h"

#include <gtest/gtest.h>

#include <functional>

namespace pim::cli::prove {
namespace {

// A run that stood its pressure.
struct GoodPressure {
  GoodPressure() {
    load::OperationResult operation;
    operation.before.ok = 90;
    operation.before.failed = 10;
    operation.after.ok = 100;
    run.operations = {operation};
    run.faults = {{"sigkill", "server", std::chrono::seconds(1), std::chrono::seconds(2)}};
    run.checks = {{"all availability", ">= 99.9 %", "100 %", true, 0}};
    run.read_your_writes.checked = 5;
    run.verdict = load::Verdict::met;
    calls.acknowledged = calls.events = 100;
  }
  Claim claim() const {
    auto claims = all_claims();
    auto& claim = claim_of(claims, 6);
    judge_pressure(run, calls, 1, claim);
    return claim;
  }
  load::RunResult run;
  load::CheckReport calls;
};

TEST(PressureEvidence, IsProvedWhereEverythingHeld) {
  const auto claim = GoodPressure().claim();
  EXPECT_EQ(claim.verdict(), Verdict::proved) << to_text({claim});
  EXPECT_EQ(claim.missing, "");
}

TEST(PressureEvidence, EachFindingFailsTheClaim) {
  struct Case {
    const char* what;
    std::function<void(GoodPressure&)> damage;
  };
  const Case cases[] = {
      {"an objective missed", [](auto& t) { t.run.checks[0].met = false; }},
      {"a fault not done", [](auto& t) { t.run.faults.clear(); }},
      {"nobody noticed", [](auto& t) { t.run.operations[0].before.failed = 0; }},
      {"a stale read", [](auto& t) { t.run.read_your_writes.stale = 1; }},
      {"no read compared", [](auto& t) { t.run.read_your_writes.checked = 0; }},
      {"lost", [](auto& t) { t.calls.violations[0] = 1; }},
      {"nothing acknowledged", [](auto& t) { t.calls.acknowledged = 0; }},
  };
  for (const auto& each : cases) {
    GoodPressure run;
    each.damage(run);
    EXPECT_EQ(run.claim().verdict(), Verdict::failed) << each.what;
  }
}

TEST(PressureEvidence, DecidesNothingWhereTheRunDoesNot) {
  GoodPressure run;
  run.run.verdict = load::Verdict::inconclusive;
  run.run.reasons = {"arrivals were taken up late", "a thread was full"};
  run.run.checks[0].met = false;
  EXPECT_EQ(run.claim().verdict(), Verdict::inconclusive);
  EXPECT_EQ(run.claim().doubt, "arrivals were taken up late; a thread was full");
  run.calls.violations[0] = 1;
  EXPECT_EQ(run.claim().verdict(), Verdict::failed) << "a lost write is one on any machine";
}

}  // namespace
}  // namespace pim::cli::prove
