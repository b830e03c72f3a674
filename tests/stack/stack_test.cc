// That the stack is there, complains of nothing, and gives back what it was given.
#include "stack.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>

#include "otlp_samples.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

// Lines of a server's log that say its configuration is out of date.
std::vector<std::string> complaints(const std::string& log) {
  std::vector<std::string> found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    std::string lower = line;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const auto* word : {"deprecat", "legacy", "will be removed", "obsolete"}) {
      if (lower.find(word) != lower.npos) {
        found.push_back(line);
        break;
      }
    }
  }
  return found;
}

TEST(StackLogs, AComplaintIsSeen) {
  EXPECT_EQ(complaints("level=info msg=ok\nlevel=warn msg=\"flag X is DEPRECATED\"\n").size(), 1U);
}

TEST_F(StackTest, EveryPartIsReadyAndScraped) {
  for (const auto* part : {"loki", "tempo", "mimir", "pyroscope"}) {
    EXPECT_EQ(stack().get(part, "/ready").status, 200) << part;
    EXPECT_TRUE(eventually([&] {
      return stack().metric("up{job=\"" + std::string(part) + "\"}") == 1;
    })) << part;
  }
  EXPECT_EQ(stack().get("collector_health", "/").status, 200);
  EXPECT_TRUE(eventually([&] { return stack().metric("up{job=\"otelcol\"}") == 1; }));
}

TEST_F(StackTest, NoPartCallsItsConfigurationOutOfDate) {
  for (const auto& [part, pid] : stack().description()["pids"].items()) {
    const auto file = stack().url("logs") + "/" + part + ".log";
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
    for (const auto& line : complaints(integration::read_text(file))) {
      ADD_FAILURE() << file << ": " << line;
    }
  }
}

TEST_F(StackTest, ItStaysWithinItsMemory) {
  std::int64_t sum_kib = 0;
  for (const auto& [part, pid] : stack().description()["pids"].items()) {
    const auto status =
        integration::read_text("/proc/" + std::to_string(pid.get<int>()) + "/status");
    const auto at = status.find("VmRSS:");
    ASSERT_NE(at, status.npos) << part << " is gone";
    const auto kib = std::stoll(status.substr(at + 6));
    EXPECT_GT(kib, 0) << part;
    sum_kib += kib;
  }
  EXPECT_LE(sum_kib, stack().description()["memory_limit_mib"].get<std::int64_t>() * 1024);
}

TEST_F(StackTest, ASpanIsFoundByItsTrace) {
  const auto trace = random_hex(32);
  const auto span = random_hex(16);
  ASSERT_EQ(stack()
                .post("otlp", "/v1/traces", "application/json",
                      span_sample("stack-test", trace, span, system_clock::now()))
                .status,
            200);
  EXPECT_TRUE(eventually([&] { return stack().span_ids(trace) == std::vector{span}; }));
  EXPECT_TRUE(stack().span_ids(random_hex(32)).empty()) << "another trace is not there";
  EXPECT_TRUE(eventually([&] {  // and by a search
    const auto found = stack().get_json(
        "tempo", "/api/search?q=" + escaped("{ resource.service.name = \"stack-test\" }"));
    return found.is_object() && found.dump().find(trace.substr(1)) != std::string::npos;
  }));
}

TEST_F(StackTest, SpansBecomeMetricsWithExemplars) {
  const auto service = "span-metrics-" + random_hex(8);
  const auto trace = random_hex(32);
  ASSERT_EQ(stack()
                .post("otlp", "/v1/traces", "application/json",
                      span_sample(service, trace, random_hex(16), system_clock::now()))
                .status,
            200);
  EXPECT_TRUE(eventually([&] {
    const auto found =
        stack().exemplars("traces_spanmetrics_latency_bucket{service=\"" + service + "\"}",
                          system_clock::now() - 5min, system_clock::now() + 1min);
    return std::ranges::any_of(found, [&](const Exemplar& exemplar) {
      const auto id = exemplar.labels.find("traceID");
      return id != exemplar.labels.end() && id->second == trace;
    });
  }));
}

TEST_F(StackTest, ALogIsFoundByItsTrace) {
  const auto trace = random_hex(32);
  const auto span = random_hex(16);
  const auto now = system_clock::now();
  ASSERT_EQ(stack()
                .post("otlp", "/v1/logs", "application/json",
                      log_sample("stack-test", "a line", trace, span, now))
                .status,
            200);
  const auto query = [&](const std::string& id) {
    return stack().logs(
        "{service_name=\"stack-test\", service_namespace=\"pim\"} | trace_id=\"" + id + "\"",
        now - 1min, now + 1min);
  };
  ASSERT_TRUE(eventually([&] { return !query(trace).empty(); }));
  const auto lines = query(trace);
  ASSERT_EQ(lines.size(), 1U) << "one record is stored once";
  EXPECT_EQ(lines[0].text, "a line");
  EXPECT_EQ(lines[0].labels.at("span_id"), span);
  EXPECT_TRUE(query(random_hex(32)).empty());
}

TEST_F(StackTest, AScrapedHistogramComesWithItsExemplars) {
  serve_observed({"--trace-rate", "100000"});
  const auto instance = "127.0.0.1:" + std::to_string(server().admin_port());
  const auto made = call("POST", "/v1/patients", token("registrar"),
                         R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string trace(made.header("traceparent").substr(3, 32));
  std::map<std::string, std::string> labels;
  EXPECT_TRUE(eventually([&] {
    for (auto& exemplar :
         stack().exemplars("pim_http_request_duration_seconds_bucket{job=\"pim/pim\",instance=\"" +
                               instance + "\"}",
                           system_clock::now() - 5min, system_clock::now() + 1min)) {
      labels = std::move(exemplar.labels);
      if (labels["trace_id"] == trace) return true;
    }
    return false;
  }));
  EXPECT_EQ(labels["trace_id"], trace);
  EXPECT_EQ(labels["span_id"].size(), 16U);
  EXPECT_TRUE(eventually([&] { return !stack().span_ids(trace).empty(); })) << "and it leads there";
}

TEST_F(StackTest, AProfileIsFound) {
  const auto service = "profiled-" + random_hex(8);
  const auto now = system_clock::now();
  const auto seconds = [](WallTime time) { return nanoseconds(time).substr(0, 10); };
  ASSERT_EQ(stack()
                .post("pyroscope",
                      "/ingest?name=" + escaped(service + "{service_namespace=pim}") +
                          "&format=pprof&from=" + seconds(now - 10s) + "&until=" + seconds(now),
                      "application/octet-stream", profile_sample("pim::busy", 1500, now))
                .status,
            200);
  const auto query = [&](const std::string& name) {
    const auto found = stack().get_json(
        "pyroscope",
        "/pyroscope/render?from=now-10m&until=now&format=json&query=" +
            escaped("process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"" + name + "\"}"));
    return found.is_object() ? found["flamebearer"]["names"].dump() : std::string();
  };
  EXPECT_TRUE(eventually([&] { return query(service).find("pim::busy") != std::string::npos; }));
  EXPECT_EQ(query(service + "-not").find("pim::busy"), std::string::npos);
}

TEST_F(StackTest, AnAlertBecomesAnEvent) {
  const auto name = "Try" + random_hex(8);
  const auto now = system_clock::now();
  const Json alert = {{"labels", {{"alertname", name}, {"severity", "ticket"}}},
                      {"annotations", {{"summary", "a try"}}}};
  ASSERT_EQ(stack()
                .post("mimir", "/alertmanager/api/v2/alerts", "application/json",
                      Json::array({alert}).dump())
                .status,
            200);
  const auto events = [&] {
    return stack().logs(
        "{service_name=\"alertmanager\"} | event_name=\"pim.alert\" | alert_name=\"" + name + "\"",
        now - 1min, system_clock::now() + 1min);
  };
  ASSERT_TRUE(eventually([&] { return !events().empty(); }));
  auto labels = events().front().labels;
  EXPECT_EQ(labels["alert_status"], "firing");
  EXPECT_EQ(labels["alert_severity"], "ticket");
  EXPECT_EQ(labels["alert_summary"], "a try");
}

TEST_F(StackTest, RulesAreLoadedAndEvaluated) {
  const auto unhealthy = [&] {
    const auto rules = stack().get_json("mimir", "/prometheus/api/v1/rules");
    if (!rules.is_object() || rules["data"]["groups"].empty()) return std::string("no rules");
    std::string bad;
    for (const auto& group : rules["data"]["groups"]) {
      for (const auto& rule : group["rules"]) {
        if (rule["health"] != "ok") bad += rule.dump() + "\n";
      }
    }
    return bad;
  };
  EXPECT_TRUE(eventually([&] { return unhealthy().empty(); })) << unhealthy();
}

// A machine that slept or was cut off: what is late by less than six hours is taken.
TEST_F(StackTest, WhatIsFiveHoursLateIsTaken) {
  const auto then = system_clock::now() - 5h;
  const auto trace = random_hex(32);
  const auto span = random_hex(16);
  const auto gauge = "pim_stack_test_late_" + random_hex(8);
  const auto post = [&](const std::string& target, const std::string& body) {
    return stack().post("otlp", target, "application/json", body).status;
  };
  // Something newer of the same stream is there already.
  ASSERT_EQ(post("/v1/logs",
                 log_sample("stack-test", "newer", random_hex(32), span, system_clock::now())),
            200);
  ASSERT_EQ(post("/v1/logs", log_sample("stack-test", "late", trace, span, then)), 200);
  ASSERT_EQ(post("/v1/traces", span_sample("stack-test", trace, span, then)), 200);
  ASSERT_EQ(post("/v1/metrics", gauge_sample("stack-test", gauge, 2, system_clock::now())), 200);
  ASSERT_EQ(post("/v1/metrics", gauge_sample("stack-test", gauge, 1, then)), 200);
  EXPECT_TRUE(eventually([&] {
    return !stack()
                .logs("{service_name=\"stack-test\"} | trace_id=\"" + trace + "\"", then - 1min,
                      then + 1min)
                .empty();
  }));
  EXPECT_TRUE(eventually([&] { return !stack().metrics(gauge, then + 1s).empty(); }));
  EXPECT_TRUE(eventually([&] { return stack().span_ids(trace) == std::vector{span}; }));
}

TEST_F(StackTest, WhatIsSevenHoursLateIsRefused) {
  const auto then = system_clock::now() - 7h;
  const auto log =
      stack().post("loki", "/otlp/v1/logs", "application/json",
                   log_sample("stack-test", "too late", random_hex(32), random_hex(16), then));
  EXPECT_EQ(log.status / 100, 4) << log.status << " " << log.body;
  const auto sample = stack().post("mimir", "/otlp/v1/metrics", "application/json",
                                   gauge_sample("stack-test", "pim_stack_test_too_late", 1, then));
  // OTLP says of metrics how many points were refused.
  EXPECT_NE(sample.body.find("sample-timestamp-too-old"), std::string::npos) << sample.body;
  EXPECT_TRUE(stack().metrics("pim_stack_test_too_late", then + 1s).empty());
}

}  // namespace
}  // namespace pim::stack
