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

TEST(Histogram, HasTheNewestKeptTraceOfEachBucketAsExemplar) {
  Registry registry;
  Histogram& latency = registry.histogram(kLatency);
  const auto first = TraceContext::root();
  const auto second = TraceContext::root();
  latency.observe(0.002, &first);
  latency.observe(0.0021, &second);
  latency.observe(0.0022);
  latency.observe(0.3);
  EXPECT_FALSE(latency.exemplar(3));
  ASSERT_TRUE(latency.exemplar(4));
  EXPECT_EQ(latency.exemplar(4)->trace.span_id, second.span_id);
  const std::string text = registry.render();
  EXPECT_NE(text.find("pim_latency_seconds_bucket{le=\"0.0025\"} 3 # {trace_id=\"" +
                      second.trace_hex() + "\",span_id=\"" + second.span_hex() + "\"} 0.0021 1"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find(first.trace_hex()), std::string::npos);
  EXPECT_NE(text.find("pim_latency_seconds_bucket{le=\"0.5\"} 4\n"), std::string::npos);
}

TEST(Histogram, ExemplarsAreWholeHoweverManyWriteThem) {
  Registry registry;
  Histogram& latency = registry.histogram(kLatency);
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
    for (std::size_t bucket = 0; bucket < 4; ++bucket) {
      const auto exemplar = latency.exemplar(bucket);
      if (!exemplar) continue;
      EXPECT_EQ(exemplar->trace.trace_id[15], exemplar->trace.span_id[0]);
      EXPECT_DOUBLE_EQ(exemplar->value, 0.001 * exemplar->trace.span_id[7] / 10);
    }
  }
  for (std::thread& thread : threads) thread.join();
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
