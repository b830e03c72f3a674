#include "pauses.h"

#include <gtest/gtest.h>

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

const std::vector<Pause> kPauses{{10s, 20s}, {30s, 31s}};

TEST(ReplyTime, IsTheServiceTimeLaterWhileTheServerRuns) {
  EXPECT_EQ(reply_time(5s, 20ms, {}), 5s + 20ms);
  EXPECT_EQ(reply_time(5s, 20ms, kPauses), 5s + 20ms);
  EXPECT_EQ(reply_time(25s, 20ms, kPauses), 25s + 20ms);
  EXPECT_EQ(reply_time(40s, 20ms, kPauses), 40s + 20ms);
}

TEST(ReplyTime, OfARequestInAPauseIsTheRestOfItAndTheServiceTime) {
  EXPECT_EQ(reply_time(10s, 20ms, kPauses), 20s + 20ms);
  EXPECT_EQ(reply_time(13s, 20ms, kPauses), 20s + 20ms);
  EXPECT_EQ(reply_time(20s - 1ns, 20ms, kPauses), 20s + 20ms);
  EXPECT_EQ(reply_time(20s, 20ms, kPauses), 20s + 20ms);
  EXPECT_EQ(reply_time(30s + 400ms, 20ms, kPauses), 31s + 20ms);
}

// It had begun: its time passes while the server stands still, and its reply leaves at the end.
TEST(ReplyTime, OfARequestThatAPauseInterruptsIsTheEndOfIt) {
  EXPECT_EQ(reply_time(10s - 5ms, 20ms, kPauses), 20s);
  EXPECT_EQ(reply_time(10s - 20ms, 20ms, kPauses), 20s);
  EXPECT_EQ(reply_time(10s - 21ms, 20ms, kPauses), 10s - 1ms);
  // a service that outlasts the pause is not prolonged by it
  EXPECT_EQ(reply_time(30s - 1s, 5s, kPauses), 34s);
}

TEST(ReplyTime, MayMeetTwoPauses) { EXPECT_EQ(reply_time(15s, 10s + 500ms, kPauses), 31s); }

TEST(ServiceTimes, AreEvenOverTheirRange) {
  const ServiceTimes times{20ms, 60ms};
  EXPECT_EQ(times.mean(), 40ms);
  // in any hundred in a row, each tenth of the range has its ten, give or take two
  for (std::uint64_t first : {0, 1, 977, 123'456'789}) {
    std::vector<int> tenths(10);
    for (std::uint64_t n = first; n < first + 100; ++n) {
      ASSERT_GE(times.of(n), 20ms);
      ASSERT_LT(times.of(n), 60ms);
      ++tenths[static_cast<std::size_t>((times.of(n) - 20ms) / 4ms)];
    }
    for (const int count : tenths) EXPECT_NEAR(count, 10, 2) << "from " << first;
  }
  EXPECT_EQ((ServiceTimes{3ms, 3ms}.of(7)), 3ms);
}

TEST(ConstantSchedule, HasEveryRequestBeforeItsEnd) {
  const ConstantSchedule schedule{7s, 3, 2s};
  EXPECT_EQ(schedule.requests(), 6u);
  EXPECT_EQ(schedule.intended(0), 7s);
  EXPECT_EQ(schedule.intended(3), 8s);
  EXPECT_EQ((ConstantSchedule{0s, 0.6, 2s}.requests()), 2u);  // at 0 and 1.67 s
  EXPECT_EQ((ConstantSchedule{0s, 10, 0s}.requests()), 0u);
}

// 100 requests a second for 100 s, each served in 4 ms, and one pause of 10 s. By hand: it meets
// 1,000 requests, which wait 9,995, 9,985, ... 5 ms more than the others.
TEST(TrueLatencies, AreThoseOfACalculationByHand) {
  const auto latencies = true_latencies({0s, 100, 100s}, {4ms, 4ms}, {{20s + 5ms, 30s + 5ms}});
  ASSERT_EQ(latencies.size(), 10'000u);
  EXPECT_EQ(latencies.front(), 4ms);
  EXPECT_EQ(percentile_of(latencies, 50), 4ms);
  EXPECT_EQ(percentile_of(latencies, 90), 4ms);
  EXPECT_EQ(percentile_of(latencies, 90.01), 4ms + 5ms);
  EXPECT_EQ(percentile_of(latencies, 95), 4ms + 4995ms);
  EXPECT_EQ(percentile_of(latencies, 99), 4ms + 8995ms);
  EXPECT_EQ(percentile_of(latencies, 99.9), 4ms + 9895ms);
  EXPECT_EQ(latencies.back(), 4ms + 9995ms);
}

// Where the schedule starts on the clock changes nothing but which times the pauses are given in.
TEST(TrueLatencies, AreRelativeToTheSchedule) {
  const ServiceTimes services{20ms, 60ms};
  EXPECT_EQ(true_latencies({0s, 50, 20s}, services, {{5s, 8s}}),
            true_latencies({1000s, 50, 20s}, services, {{1005s, 1008s}}));
}

TEST(Percentile, IsAValueThatWasThere) {
  const std::vector<nanoseconds> values{1ns, 2ns, 3ns, 4ns};
  EXPECT_EQ(percentile_of(values, 0), 1ns);
  EXPECT_EQ(percentile_of(values, 50), 2ns);
  EXPECT_EQ(percentile_of(values, 50.1), 3ns);
  EXPECT_EQ(percentile_of(values, 100), 4ns);
  EXPECT_EQ(percentile_of({}, 50), 0ns);
}

}  // namespace
}  // namespace pim::bench
