#include "telemetry/histogram.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace pim::telemetry {
namespace {

TEST(Histogram, CountsAValueInTheFirstBucketThatHoldsIt) {
  Histogram latency;
  latency.observe(0.0001);  // a bound belongs to its own bucket
  latency.observe(std::chrono::milliseconds(2));
  latency.observe(99);
  latency.observe(-1);
  const auto values = latency.snapshot();
  EXPECT_EQ(values.counts[0], 2u);
  EXPECT_EQ(values.counts[4], 1u);
  ASSERT_EQ(values.counts.size(), kSecondsBounds.size() + 1);
  EXPECT_EQ(values.counts.back(), 1u);
  EXPECT_EQ(values.count(), 4u);
  EXPECT_NEAR(values.sum, 99.0021, 1e-6);
}

TEST(Histogram, HasTheBoundsThatItIsGiven) {
  static constexpr std::array kTwo{1.0, 8.0};
  Histogram sizes(kTwo);
  for (const double size : {1.0, 2.0, 8.0, 9.0}) sizes.observe(size);
  const auto values = sizes.snapshot();
  EXPECT_EQ(values.counts, (std::vector<std::uint64_t>{1, 2, 1}));
  EXPECT_EQ(values.sum, 20.0);
}

TEST(Histogram, HasTheNewestKeptTraceOfEachBucketAsExemplar) {
  Histogram latency;
  const auto first = TraceContext::root();
  const auto second = TraceContext::root();
  latency.observe(0.002, &first);
  latency.observe(0.0021, &second);
  latency.observe(0.0022);
  latency.observe(0.3);
  const auto values = latency.snapshot();
  EXPECT_FALSE(values.exemplars[3]);
  ASSERT_TRUE(values.exemplars[4]);
  EXPECT_EQ(values.exemplars[4]->trace.span_id, second.span_id);
  EXPECT_EQ(values.exemplars[4]->value, 0.0021);
}

TEST(Histogram, ExemplarsAreWholeHoweverManyWriteThem) {
  Histogram latency;
  std::vector<std::thread> threads;
  for (std::uint8_t t = 1; t <= 4; ++t) {
    threads.emplace_back([&, t] {
      TraceContext trace;
      trace.trace_id.fill(t);
      trace.span_id.fill(t);
      for (int i = 0; i < 5000; ++i) latency.observe(0.001 * t / 10, &trace);
    });
  }
  for (int i = 0; i < 2000; ++i) {
    for (const auto& exemplar : latency.snapshot().exemplars) {
      if (!exemplar) continue;
      EXPECT_EQ(exemplar->trace.trace_id[15], exemplar->trace.span_id[0]);
      EXPECT_DOUBLE_EQ(exemplar->value, 0.001 * exemplar->trace.span_id[7] / 10);
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(latency.snapshot().count(), 20'000u);
}

}  // namespace
}  // namespace pim::telemetry
