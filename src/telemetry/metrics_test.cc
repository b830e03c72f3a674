#include "telemetry/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace pim::telemetry {
namespace {

constexpr MetricInfo kRequests{"pim_requests", MetricType::counter, "", "Requests answered."};
constexpr MetricInfo kLatency{"pim_latency_seconds", MetricType::histogram, "seconds", "Time."};
constexpr MetricInfo kDepth{"pim_queue_depth", MetricType::gauge, "", "Commands that wait."};

TEST(Registry, RendersOpenMetrics) {
  Registry registry;
  registry.counter(kRequests, {{"route", "a\"b\\c\n"}}).add(3);
  registry.collect(kDepth, [] { return std::vector<Sample>{{{{"shard", "0"}}, 7}}; });
  EXPECT_EQ(registry.render(),
            "# TYPE pim_requests counter\n"
            "# HELP pim_requests Requests answered.\n"
            "pim_requests_total{route=\"a\\\"b\\\\c\\n\"} 3\n"
            "# TYPE pim_queue_depth gauge\n"
            "# HELP pim_queue_depth Commands that wait.\n"
            "pim_queue_depth{shard=\"0\"} 7\n"
            "# EOF\n");
}

TEST(Registry, AFamilyHasOneSeriesForEachSetOfLabels) {
  Registry registry;
  Counter& a = registry.counter(kRequests, {{"route", "a"}});
  Counter& b = registry.counter(kRequests, {{"route", "b"}});
  EXPECT_NE(&a, &b);
  EXPECT_EQ(&a, &registry.counter(kRequests, {{"route", "a"}}));
}

TEST(Histogram, CountsAValueInTheFirstBucketThatHoldsIt) {
  Registry registry;
  Histogram& latency = registry.histogram(kLatency);
  latency.observe(0.0001);  // a bound belongs to its own bucket
  latency.observe(0.002);
  latency.observe(99);
  const auto counts = latency.counts();
  EXPECT_EQ(counts[0], 1u);
  EXPECT_EQ(counts[4], 1u);
  EXPECT_EQ(counts[Histogram::kBounds.size()], 1u);
  EXPECT_NEAR(latency.sum(), 99.0021, 1e-6);

  const std::string text = registry.render();
  EXPECT_NE(text.find("# UNIT pim_latency_seconds seconds\n"), std::string::npos);
  EXPECT_NE(text.find("pim_latency_seconds_bucket{le=\"0.0001\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("pim_latency_seconds_bucket{le=\"10\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("pim_latency_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("pim_latency_seconds_count 3\n"), std::string::npos);
}

TEST(Counter, LosesNothingBetweenThreads) {
  Registry registry;
  Counter& counter = registry.counter(kRequests);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) counter.add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 40'000u);
}

}  // namespace
}  // namespace pim::telemetry
