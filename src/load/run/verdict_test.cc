#include "load/run/verdict.h"

#include <gtest/gtest.h>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

// 1,000 commands in 10 s after a warm-up of 5: 990 are ok at 1 to 990 ms, 2 are rejected, 8 fail;
// before retries 50 fail.
RunResult a_run() {
  RunResult result;
  result.warm_up = 5s;
  result.planned = 15s;
  auto& write = result.operations.emplace_back();
  write.name = "admit-encounter";
  write.command = true;
  for (int i = 1; i <= 990; ++i) write.after.ok_latency.record(std::chrono::milliseconds(i));
  write.after.ok = 990;
  write.after.rejected = 2;
  write.after.failed = 8;
  write.before.ok = 948;
  write.before.rejected = 2;
  write.before.failed = 50;
  auto& read = result.operations.emplace_back();
  read.name = "get-chart";
  read.after.ok = 1000;
  read.before.ok = 1000;
  for (int i = 0; i < 1000; ++i) read.after.ok_latency.record(2ms);
  return result;
}

Check check_of(const Threshold& threshold) {
  auto result = a_run();
  judge({threshold}, result);
  EXPECT_EQ(result.checks.size(), 1u);
  EXPECT_EQ(result.verdict, result.checks[0].met ? Verdict::met : Verdict::violated);
  return result.checks[0];
}

TEST(Verdict, HoldsEachMeasureAgainstItsLimit) {
  EXPECT_TRUE(check_of({"commands", Measure::availability, 99.2}).met);
  EXPECT_FALSE(check_of({"commands", Measure::availability, 99.3}).met);
  EXPECT_TRUE(check_of({"commands", Measure::first_try_availability, 95}).met);
  EXPECT_FALSE(check_of({"commands", Measure::first_try_availability, 95.1}).met);
  EXPECT_TRUE(check_of({"all", Measure::goodput, 199}).met);
  EXPECT_FALSE(check_of({"all", Measure::goodput, 200}).met);
  EXPECT_TRUE(check_of({"admit-encounter", Measure::p50, 496}).met);
  EXPECT_FALSE(check_of({"admit-encounter", Measure::p50, 490}).met);
  EXPECT_TRUE(check_of({"commands", Measure::p99, 982}).met);
  EXPECT_FALSE(check_of({"commands", Measure::p999, 985}).met);
  EXPECT_TRUE(check_of({"queries", Measure::p999, 2.1}).met);
  const auto check = check_of({"commands", Measure::availability, 99.3});
  EXPECT_EQ(check.name, "commands availability");
  EXPECT_EQ(check.wanted, ">= 99.3 %");
  EXPECT_EQ(check.got, "99.2 %");
}

TEST(Verdict, SaysHowMuchOfTheBudgetWasSpent) {
  EXPECT_NEAR(*check_of({"commands", Measure::availability, 99}).budget_spent, 0.8, 1e-9);
  EXPECT_DOUBLE_EQ(*check_of({"queries", Measure::availability, 100}).budget_spent, 0);
  EXPECT_FALSE(check_of({"commands", Measure::availability, 100}).budget_spent.has_value());
  // 99 of 990 are above 891 ms, and 1 % may be.
  EXPECT_NEAR(*check_of({"commands", Measure::p99, 891}).budget_spent, 10, 0.1);
  EXPECT_FALSE(check_of({"all", Measure::goodput, 1}).budget_spent.has_value());
}

TEST(Verdict, NothingAskedIsNothingMet) {
  const auto check = check_of({"get-timeline", Measure::p99, 100});
  EXPECT_FALSE(check.met);
  EXPECT_EQ(check.got, "no request");
}

TEST(Verdict, ABottleneckOfTheGeneratorDecidesNothing) {
  auto result = a_run();
  result.generator.bottlenecks.emplace_back("no processor");
  judge({{"commands", Measure::p99, 1}}, result);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  ASSERT_EQ(result.reasons.size(), 2u);
  EXPECT_EQ(result.reasons[0], "no processor");
}

TEST(Verdict, AnInterruptedRunDecidesNothing) {
  auto result = a_run();
  result.interrupted = true;
  result.elapsed = 10s;
  judge({{"all", Measure::availability, 1}}, result);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
}

TEST(Verdict, AFaultThatCouldNotBeDoneDecidesNothing) {
  auto result = a_run();
  result.fault_failures.emplace_back("'spine' does not run");
  judge({{"all", Measure::availability, 1}}, result);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.reasons, std::vector<std::string>{"'spine' does not run"});
}

TEST(Verdict, AMissedWriteIsAViolationWhateverElseThereWas) {
  auto result = a_run();
  result.interrupted = true;
  result.elapsed = 10s;
  result.read_your_writes.checked = 10;
  result.read_your_writes.stale = 1;
  judge({}, result);
  EXPECT_EQ(result.verdict, Verdict::violated);
}

TEST(Verdict, ARunWithoutARequestDecidesNothing) {
  RunResult result;
  judge({}, result);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace pim::load
