#include "load/run/retry_policy.h"

#include <gtest/gtest.h>

#include "load/run/reply_head.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

TEST(RetryBudget, IsAShareOfTheFirstAttemptsAndAReserve) {
  RetryBudget budget(10);
  for (int i = 0; i < 1000; ++i) budget.first_attempt(i * 1ms);
  int spent = 0;
  while (budget.spend(999ms)) ++spent;
  EXPECT_EQ(spent, 110);
  EXPECT_FALSE(budget.spend(1s));
}

TEST(RetryBudget, WhatWasNotSpentIsNotKeptForAStorm) {
  RetryBudget budget(10);
  for (int second = 0; second < 3600; ++second) {
    for (int i = 0; i < 100; ++i) budget.first_attempt(std::chrono::seconds(second));
  }
  int spent = 0;
  while (budget.spend(3599s)) ++spent;
  EXPECT_EQ(spent, 110) << "the last ten seconds', and the reserve";
}

TEST(RetryBudget, IsEarnedAgain) {
  RetryBudget budget(20);
  while (budget.spend(0ms)) {
  }
  for (int i = 0; i < 50; ++i) budget.first_attempt(5s);
  int spent = 0;
  while (budget.spend(5s)) ++spent;
  EXPECT_EQ(spent, 10);
  EXPECT_TRUE(budget.spend(20s)) << "the reserve is there again";
}

TEST(RetryBudget, NothingIsNothingButTheReserve) {
  RetryBudget budget(0);
  for (int i = 0; i < 1000; ++i) budget.first_attempt(0ms);
  int spent = 0;
  while (budget.spend(0ms)) ++spent;
  EXPECT_EQ(spent, 10);
}

TEST(Backoff, DoublesUpToItsMostAndIsSpread) {
  const RetryPolicy policy{.base = 50ms, .most = 400ms};
  Dice dice(1, 2, 3);
  for (std::uint32_t next = 2; next < 40; ++next) {
    std::chrono::nanoseconds least = 1h;
    std::chrono::nanoseconds most = 0s;
    for (int i = 0; i < 200; ++i) {
      const auto pause = backoff(policy, next, dice);
      least = std::min(least, pause);
      most = std::max(most, pause);
    }
    const auto bound = std::min<std::chrono::nanoseconds>(50ms * (1LL << (next - 2)), 400ms);
    EXPECT_LE(most, bound) << next;
    EXPECT_GE(most, bound * 9 / 10) << next;
    EXPECT_LE(least, bound / 10) << next;
  }
}

TEST(RetryPolicy, SaysWhichRepliesMayBeOthersNextTime) {
  for (const int status : {429, 500, 502, 503, 504}) EXPECT_TRUE(may_retry(status)) << status;
  for (const int status : {200, 400, 404, 409, 412, 422, 501, 507}) {
    EXPECT_FALSE(may_retry(status)) << status;
  }
}

TEST(ReplyHead, IsReadInOnePassWhateverItsCase) {
  const auto head = read_head(
      "HTTP/1.1 201 Created\r\netag: \"42\"\r\nPIM-POSITION: 7.1.99\r\nPim-Shard: 3\r\n"
      "Content-Length: 2\r\nIdempotency-Replayed:true\r\nRetry-After: 17\r\n");
  EXPECT_EQ(head.version, 42u);
  EXPECT_EQ(head.position, "7.1.99");
  EXPECT_EQ(head.shard, 3);
  EXPECT_TRUE(head.replayed);
  EXPECT_EQ(head.retry_after, 17s);
}

TEST(ReplyHead, TakesNothingForWhatIsNotThere) {
  const auto head = read_head(
      "HTTP/1.1 200 OK\r\nETag: W/\"x\"\r\nPim-Shard: three\r\n"
      "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nno colon\r\n");
  EXPECT_EQ(head.version, 0u);
  EXPECT_TRUE(head.position.empty());
  EXPECT_EQ(head.shard, -1);
  EXPECT_FALSE(head.replayed);
  EXPECT_EQ(head.retry_after, 0s);
  EXPECT_EQ(parse_retry_after("99999999"), 3600s) << "no client waits longer";
}

}  // namespace
}  // namespace pim::load
