#include "load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.percentile(99), 0u);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, EveryValueOfAUniformDistributionIsFound) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(std::chrono::microseconds(i));
  EXPECT_EQ(histogram.percentile(0), 1u);
  EXPECT_EQ(histogram.percentile(50), 500u);
  EXPECT_EQ(histogram.percentile(99), 990u);
  EXPECT_EQ(histogram.percentile(99.9), 999u);
  EXPECT_EQ(histogram.percentile(100), 1000u);
  EXPECT_EQ(histogram.min(), 1u);
  EXPECT_EQ(histogram.max(), 1000u);
  EXPECT_DOUBLE_EQ(histogram.mean(), 500.5);
}

TEST(Histogram, KeepsThreeDigitsOverTheWholeRange) {
  for (std::uint64_t value = 1; value < Histogram::kHighestMicros; value += value / 7 + 1) {
    Histogram histogram;
    histogram.record(std::chrono::microseconds(value));
    histogram.record(60s);  // so that the maximum does not hide the slot's width
    const auto read = histogram.percentile(50);
    EXPECT_GE(read, value);
    EXPECT_LE(static_cast<double>(read - value), static_cast<double>(value) / 1000.0) << value;
  }
}

TEST(Histogram, PercentilesOfAnExponentialDistributionAgreeWithTheSortedSample) {
  std::mt19937_64 random(42);
  std::exponential_distribution<double> microseconds(1.0 / 3000.0);
  Histogram histogram;
  std::vector<std::uint64_t> sample;
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::uint64_t>(std::ceil(microseconds(random))) + 1;
    sample.push_back(value);
    histogram.record(std::chrono::microseconds(value));
  }
  std::sort(sample.begin(), sample.end());
  for (const double percent : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * 200'000));
    const auto truth = static_cast<double>(sample[rank - 1]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), truth, truth / 1000.0)
        << percent;
  }
}

TEST(Histogram, AMergeIsTheSumOfItsParts) {
  Histogram whole;
  Histogram parts[2];
  for (int i = 1; i <= 10'000; ++i) {
    const auto value = std::chrono::microseconds(i * 37 % 500'000 + 1);
    whole.record(value);
    parts[i % 2].record(value);
  }
  parts[0].merge(parts[1]);
  EXPECT_EQ(parts[0].count(), whole.count());
  EXPECT_EQ(parts[0].min(), whole.min());
  EXPECT_EQ(parts[0].max(), whole.max());
  EXPECT_DOUBLE_EQ(parts[0].mean(), whole.mean());
  for (double percent = 0; percent <= 100; percent += 0.5) {
    EXPECT_EQ(parts[0].percentile(percent), whole.percentile(percent)) << percent;
  }
}

TEST(Histogram, AMergeIntoAnEmptyOneIsACopy) {
  Histogram part;
  part.record(5ms);
  part.record(70s);
  Histogram whole;
  whole.merge(part);
  EXPECT_EQ(whole.min(), 5000u);
  EXPECT_EQ(whole.max(), Histogram::kHighestMicros);
  EXPECT_EQ(whole.overflowed(), 1u);
  EXPECT_EQ(whole.count(), 2u);
}

TEST(Histogram, ClampsWhatIsOutOfRangeAndCountsIt) {
  Histogram histogram;
  histogram.record(0ns);
  histogram.record(-5s);
  histogram.record(61s);
  EXPECT_EQ(histogram.min(), 1u);
  EXPECT_EQ(histogram.max(), Histogram::kHighestMicros);
  EXPECT_EQ(histogram.overflowed(), 1u);
  EXPECT_EQ(histogram.count(), 3u);
}

TEST(Histogram, CountsWhatIsAboveAValueAndForgetsAll) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(std::chrono::microseconds(i));
  EXPECT_EQ(histogram.count_above(990us), 10u);
  EXPECT_EQ(histogram.count_above(0us), 1000u);
  EXPECT_EQ(histogram.count_above(1h), 0u);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0u);
  histogram.record(7us);
  EXPECT_EQ(histogram.min(), 7u);
  EXPECT_EQ(histogram.mean(), 7);
}

TEST(Histogram, RoundsUpToMicrosecondsAndCountsRepeats) {
  Histogram histogram;
  histogram.record(1001ns);
  histogram.record_times(5ms, 99);
  EXPECT_EQ(histogram.min(), 2u);
  EXPECT_EQ(histogram.count(), 100u);
  EXPECT_EQ(histogram.percentile(1), 2u);
}

}  // namespace
}  // namespace pim::load
