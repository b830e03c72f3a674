#include "load/run/series.h"

#include <gtest/gtest.h>

#include "load/run/slowest.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

TEST(Series, LatencyBelongsToTheSecondInWhichTheRequestWasDue) {
  Series series(1s, 10s);
  for (int second = 0; second < 5; ++second) {
    ++series.at(second * 1s).due;
    // All are answered at 4.5 s: the earlier it was due, the longer it took.
    if (second < 4) continue;
    for (int i = 0; i < 4; ++i) series.latency(i * 1s, 4500ms - i * 1s);
  }
  const auto intervals = series.finish();
  ASSERT_EQ(intervals.size(), 5u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(intervals[i].from, static_cast<int>(i) * 1s);
    EXPECT_EQ(intervals[i].due, 1u);
    EXPECT_NEAR(static_cast<double>(intervals[i].max_micros), 4.5e6 - 1e6 * static_cast<double>(i),
                5e3);
    EXPECT_EQ(intervals[i].max_micros, intervals[i].p50_micros);
  }
  EXPECT_EQ(intervals[4].max_micros, 0u);
}

TEST(Series, KeepsWhatWasClosedLongAgo) {
  Series series(1s, 2s);
  for (int second = 0; second < 1000; ++second) {
    series.at(second * 1s);
    series.latency(second * 1s, std::chrono::milliseconds(second + 1));
  }
  const auto intervals = series.finish();
  ASSERT_EQ(intervals.size(), 1000u);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const auto exact = static_cast<double>(i + 1) * 1000;
    EXPECT_NEAR(static_cast<double>(intervals[i].p99_micros), exact, exact / 1000);
  }
}

TEST(Series, SkipsNoIntervalInWhichNothingHappened) {
  Series series(2s, 1s);
  ++series.at(1s).ok;
  ++series.at(9s).ok;
  const auto intervals = series.finish();
  ASSERT_EQ(intervals.size(), 5u);
  EXPECT_EQ(intervals[0].ok, 1u);
  EXPECT_EQ(intervals[4].ok, 1u);
  EXPECT_EQ(intervals[4].from, 8s);
}

TEST(Series, ALongRunHasWiderIntervalsNotMoreOfThem) {
  EXPECT_EQ(interval_for(90s), 1s);
  EXPECT_EQ(interval_for(2h), 1s);
  EXPECT_EQ(interval_for(4h), 2s);
  EXPECT_EQ(interval_for(240h), 120s);
}

TEST(Slowest, KeepsTheSlowestOfAnyNumber) {
  Slowest slowest(3);
  for (const int millis : {5, 1, 9, 7, 3, 8, 2}) {
    const auto latency = std::chrono::milliseconds(millis);
    if (!slowest.takes(latency)) continue;
    SlowRequest request;
    request.latency = latency;
    slowest.add(std::move(request));
  }
  std::vector<std::chrono::nanoseconds> kept;
  for (const auto& request : slowest.kept()) kept.push_back(request.latency);
  std::ranges::sort(kept);
  EXPECT_EQ(kept, (std::vector<std::chrono::nanoseconds>{7ms, 8ms, 9ms}));
  EXPECT_FALSE(slowest.takes(7ms));
}

}  // namespace
}  // namespace pim::load
