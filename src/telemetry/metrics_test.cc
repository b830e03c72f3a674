#include "telemetry/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace pim::telemetry {
namespace {

constexpr MetricInfo kRequests{"pim_requests",       MetricType::counter, "",
                               "Requests answered.", {"route"},           3};
constexpr MetricInfo kLatency{
    "pim_latency_seconds", MetricType::histogram, "seconds", "Time.", {"route"}, 3};
constexpr MetricInfo kDepth{"pim_queue_depth",     MetricType::gauge,  "",
                            "Commands that wait.", {"shard", "store"}, 2};

std::size_t samples_in(const std::string& text) {
  const auto all = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  std::size_t comments = 0;
  for (auto at = text.find("# "); at != std::string::npos; at = text.find("\n# ", at + 1)) {
    ++comments;
  }
  return all - comments;
}

TEST(Registry, RendersOpenMetrics) {
  Registry registry;
  registry.counter(kRequests, {{"route", "a\"b\\c\n"}}).add(3);
  registry.collect(kDepth,
                   [] { return std::vector<Sample>{{{{"shard", "0"}, {"store", "1"}}, 7}}; });
  EXPECT_EQ(registry.render(),
            "# TYPE pim_requests counter\n"
            "# HELP pim_requests Requests answered.\n"
            "pim_requests_total{route=\"a\\\"b\\\\c\\n\"} 3\n"
            "# TYPE pim_queue_depth gauge\n"
            "# HELP pim_queue_depth Commands that wait.\n"
            "pim_queue_depth{shard=\"0\",store=\"1\"} 7\n"
            "# EOF\n");
}

TEST(Registry, RendersAHistogramWithItsExemplarsOnceItHasAValue) {
  Registry registry;
  Histogram& latency = registry.histogram(kLatency, {{"route", "a"}});
  registry.histogram(kLatency, {{"route", "b"}});
  EXPECT_EQ(samples_in(registry.render()), 0u);
  const auto trace = TraceContext::root();
  latency.observe(0.0021, &trace);
  latency.observe(99);
  const std::string text = registry.render();
  for (const std::string line : {"# UNIT pim_latency_seconds seconds\n",
                                 "pim_latency_seconds_bucket{route=\"a\",le=\"0.0001\"} 0\n",
                                 "pim_latency_seconds_bucket{route=\"a\",le=\"10.0\"} 1\n",
                                 "pim_latency_seconds_bucket{route=\"a\",le=\"+Inf\"} 2\n",
                                 "pim_latency_seconds_sum{route=\"a\"} 99.0021\n",
                                 "pim_latency_seconds_count{route=\"a\"} 2\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_NE(text.find("{route=\"a\",le=\"0.0025\"} 1 # {trace_id=\"" + trace.trace_hex() +
                      "\",span_id=\"" + trace.span_hex() + "\"} 0.0021 1"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("route=\"b\""), std::string::npos);
}

TEST(Registry, AFamilyHasOneSeriesForEachSetOfLabels) {
  Registry registry;
  Counter& a = registry.counter(kRequests, {{"route", "a"}});
  Counter& b = registry.counter(kRequests, {{"route", "b"}});
  EXPECT_NE(&a, &b);
  EXPECT_EQ(&a, &registry.counter(kRequests, {{"route", "a"}}));
}

TEST(Registry, RefusesOtherLabelsThanTheFamilyDeclares) {
  Registry registry;
  const std::vector<Labels> wrong = {
      {}, {{"rout", "a"}}, {{"route", "a"}, {"method", "GET"}}, {{"method", "GET"}}};
  for (const Labels& labels : wrong) {
    registry.counter(kRequests, labels).add();
    registry.histogram(kLatency, labels).observe(1);
  }
  EXPECT_EQ(registry.refused(), 2 * wrong.size());
  registry.collect(kDepth, [] {
    return std::vector<Sample>{{{{"store", "1"}, {"shard", "0"}}, 7}, {{{"shard", "0"}}, 7}};
  });
  EXPECT_EQ(samples_in(registry.render()), 0u);
  EXPECT_EQ(registry.refused(), 2 * wrong.size() + 2);
}

TEST(Registry, RefusesSeriesBeyondTheFamilysMost) {
  Registry registry;
  for (int i = 0; i < 1000; ++i) {
    const std::string route = std::to_string(i);
    registry.counter(kRequests, {{"route", route}}).add();
    registry.histogram(kLatency, {{"route", route}}).observe(0.1);
  }
  registry.collect(kDepth, [] {
    std::vector<Sample> samples;
    for (int i = 0; i < 1000; ++i) {
      samples.push_back({{{"shard", std::to_string(i)}, {"store", "0"}}, 1});
    }
    return samples;
  });
  const std::string text = registry.render();
  EXPECT_EQ(samples_in(text), 3 + 3 * (kSecondsBounds.size() + 3) + 2) << text;
  EXPECT_EQ(registry.refused(), 997u + 997u + 998u);
  registry.counter(kRequests, {{"route", "2"}}).add();
  EXPECT_NE(registry.render().find("pim_requests_total{route=\"2\"} 2\n"), std::string::npos)
      << "what was bound before goes on";
}

TEST(Registry, PreparesBeforeItReads) {
  Registry registry;
  int prepared = 0;
  registry.collect(kDepth, [&] {
    return std::vector<Sample>{{{{"shard", "0"}, {"store", "0"}}, double(prepared)}};
  });
  registry.prepare([&] { ++prepared; });
  registry.render();
  EXPECT_NE(registry.render().find("} 2\n"), std::string::npos);
}

TEST(Registry, MeasuresItsScrapes) {
  Registry registry;
  EXPECT_EQ(registry.last_scrape().series, 0u);
  registry.counter(kRequests, {{"route", "a"}});
  registry.counter(kRequests, {{"route", "b"}});
  registry.render();
  EXPECT_EQ(registry.last_scrape().series, 2u);
  EXPECT_GT(registry.last_scrape().seconds, 0);
}

TEST(Counter, LosesNothingBetweenThreads) {
  Registry registry;
  Counter& counter = registry.counter(kRequests, {{"route", "a"}});
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
