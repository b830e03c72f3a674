// The link contract: from an exemplar to its trace, its lines, their metrics, its profile, and
// back, each step rendered from Grafana's provisioning files and followed in the real back ends.
// Links resolve; that Grafana renders them so is not shown here.
//
// Each check is run again on files with one key broken, and must then find something wrong.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>

#include "api/routes.h"
#include "evidence.h"
#include "link_checks.h"
#include "sample_calls.h"
#include "stack.h"
#include "traced_load.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;
using grafana::Finding;
using grafana::LinkChecks;
using grafana::Provisioning;
using grafana::Span;

constexpr int kLightRate = 300;  // requests a second
constexpr auto kBoards = PIM_SOURCE_DIR "/observability/grafana/dashboards";

class LinkContract : public StackTest {
 protected:
  void SetUp() override {
    StackTest::SetUp();
    if (HasFatalFailure()) return;
    const grafana::Environment environment{{"PIM_TEMPO_URL", stack().url("tempo")},
                                           {"PIM_LOKI_URL", stack().url("loki")},
                                           {"PIM_MIMIR_URL", stack().url("mimir") + "/prometheus"},
                                           {"PIM_PYROSCOPE_URL", stack().url("pyroscope")},
                                           {"PIM_ALERTMANAGER_URL", stack().url("mimir")}};
    auto files = Provisioning::load(
        PIM_SOURCE_DIR "/observability/grafana/provisioning/datasources", environment);
    ASSERT_TRUE(files.ok()) << files.error();
    files_ = *files;
    // `./lab prove --sabotage 3`: then a line no longer leads to its trace, and a test must fail.
    if (const char* broken = std::getenv("PIM_LINKS_SABOTAGE"); broken != nullptr && *broken != 0) {
      files_ = files_.with("loki", "/jsonData/derivedFields/0/matcherRegex", "^traceid$");
    }
  }

  // Asks until nothing is wrong: what was sent is on its way.
  Finding settled(const std::function<Finding()>& check) {
    Finding last;
    eventually([&] { return (last = check()).wrong.empty(); }, 90s);
    return last;
  }

  // Every operation of the API, for so many patients.
  void call_for(std::size_t patients) {
    for (std::size_t i = 0; i < patients; ++i) {
      call_everything("123456789abcdef"[i], [this](const load::Response& response) {
        traces_.insert(std::string(response.header("traceparent")).substr(3, 32));
      });
    }
  }

  // Exemplars of what this test called, one of each shard: two of them.
  std::vector<Exemplar> exemplars_of_two_shards() {
    std::map<std::string, Exemplar> by_shard;
    eventually(
        [&] {
          const auto now = std::chrono::system_clock::now();
          for (const auto& exemplar :
               stack().exemplars(R"(pim_http_request_duration_seconds_bucket{shard!="none"})",
                                 now - 10min, now)) {
            const auto trace = exemplar.labels.find("trace_id");
            if (trace == exemplar.labels.end() || !traces_.contains(trace->second)) continue;
            by_shard.emplace(exemplar.series.at("shard"), exemplar);
          }
          return by_shard.size() >= 2;
        },
        90s);
    std::vector<Exemplar> found;
    for (const auto& [shard, exemplar] : by_shard) found.push_back(exemplar);
    found.resize(std::min<std::size_t>(found.size(), 2));
    return found;
  }

  Provisioning files_;
  std::set<std::string> traces_;
};

const Span* find_span(const std::vector<Span>& spans, std::string_view id) {
  const auto found = std::ranges::find(spans, id, &Span::span_id);
  return found == spans.end() ? nullptr : &*found;
}

// One key of one source, broken, and the check that must notice.
struct Control {
  std::string link;
  std::string source;
  std::string key;
  Json value;  // null: the key is taken away
  std::function<Finding(LinkChecks&)> check;
};

TEST_F(LinkContract, FromAnExemplarEveryLinkHoldsAndABrokenKeyIsSeen) {
  serve_observed({"--trace-rate", "100000"});
  call_for(8);
  const auto exemplars = exemplars_of_two_shards();
  ASSERT_EQ(exemplars.size(), 2U) << "no exemplars of two shards";

  LinkChecks checks(files_, kBoards);
  Json evidence = Json::array();
  const auto holds = [&](const std::string& name, const std::function<Finding()>& check) {
    const auto finding = settled(check);
    EXPECT_EQ(finding.wrong, "") << name << ": " << finding.seen.dump(2);
    evidence.push_back({{"link", name}, {"wrong", finding.wrong}, {"seen", finding.seen}});
    return finding;
  };

  std::vector<Json> board_queries;
  std::vector<Json> metrics_queries;
  for (const auto& exemplar : exemplars) {
    const auto trace = exemplar.labels.at("trace_id");
    const auto shard = exemplar.series.at("shard");
    holds("exemplar -> trace", [&] { return checks.exemplar_to_trace(exemplar); });
    const auto* found = find_span(checks.spans(), exemplar.labels.at("span_id"));
    ASSERT_NE(found, nullptr);
    const Span span = *found;
    holds("exemplar -> logs", [&] { return checks.exemplar_to_logs(exemplar); });
    holds("trace -> logs", [&] { return checks.trace_to_logs(span); });
    const auto lines = checks.lines();
    ASSERT_FALSE(lines.empty());
    // From here on one of the lines is all that is known.
    const auto line = std::ranges::find_if(
        lines, [](const LogLine& one) { return one.labels.contains("pim_shard"); });
    ASSERT_NE(line, lines.end()) << "no line has a shard";
    EXPECT_EQ(line->labels.at("pim_shard"), shard);
    EXPECT_EQ(line->labels.at("pim_operation"), exemplar.series.at("operation"));
    holds("log -> trace", [&] { return checks.log_to_trace(*line); });
    const auto board = holds("log -> metrics, two minutes around the line",
                             [&] { return checks.log_to_board(*line); });
    board_queries.push_back(board.seen.value("queries", Json()));
    holds("log -> metrics, beside the logs", [&] {
      return checks.log_to_metrics(
          *line, {span.start_ns / 1'000'000 - 120'000, span.end_ns / 1'000'000 + 120'000});
    });
    metrics_queries.push_back(
        holds("trace -> metrics", [&] { return checks.trace_to_metrics(span); }).seen);
    if (HasFailure()) break;

    const Control controls[] = {
        {"exemplar -> trace", "mimir", "/jsonData/exemplarTraceIdDestinations/0/name", "trace",
         [&](LinkChecks& c) { return c.exemplar_to_trace(exemplar); }},
        {"exemplar -> trace", "mimir", "/jsonData/exemplarTraceIdDestinations/0/datasourceUid",
         "loki", [&](LinkChecks& c) { return c.exemplar_to_trace(exemplar); }},
        {"exemplar -> logs", "mimir", "/correlations/0/config/field", "traceid",
         [&](LinkChecks& c) { return c.exemplar_to_logs(exemplar); }},
        {"exemplar -> logs", "mimir", "/correlations/0/config/target/expr",
         R"({service_name="pim"} | trace_id="${__value.text}")",
         [&](LinkChecks& c) { return c.exemplar_to_logs(exemplar); }},
        {"trace -> logs", "tempo", "/jsonData/tracesToLogsV2/query",
         R"({${__tags}} | trace_id="${__trace.id}")",
         [&](LinkChecks& c) { return c.trace_to_logs(span); }},
        {"trace -> logs", "tempo", "/jsonData/tracesToLogsV2/query", "{${__tags}}",
         [&](LinkChecks& c) { return c.trace_to_logs(span); }},
        {"trace -> logs", "tempo", "/jsonData/tracesToLogsV2/tags/0/value", "service",
         [&](LinkChecks& c) { return c.trace_to_logs(span); }},
        {"trace -> logs", "tempo", "/jsonData/tracesToLogsV2/spanStartTimeShift", "2m",
         [&](LinkChecks& c) { return c.trace_to_logs(span); }},
        {"trace -> metrics", "tempo", "/jsonData/tracesToMetrics/tags/0/value", "route",
         [&](LinkChecks& c) { return c.trace_to_metrics(span); }},
        {"trace -> metrics", "tempo", "/jsonData/tracesToMetrics/datasourceUid", nullptr,
         [&](LinkChecks& c) { return c.trace_to_metrics(span); }},
        {"log -> trace", "loki", "/jsonData/derivedFields/0/matcherRegex", "^traceid$",
         [&](LinkChecks& c) { return c.log_to_trace(*line); }},
        {"log -> trace", "loki", "/jsonData/derivedFields/0/url", "${__value}",
         [&](LinkChecks& c) { return c.log_to_trace(*line); }},
        {"log -> metrics, beside the logs", "loki", "/jsonData/derivedFields/2/matcherRegex",
         "^shard$",
         [&](LinkChecks& c) {
           return c.log_to_metrics(
               *line, {span.start_ns / 1'000'000 - 120'000, span.end_ns / 1'000'000 + 120'000});
         }},
        {"log -> metrics, two minutes around the line", "loki", "/correlations/1/config/target/url",
         "/d/pim-overview?var-operation=${pim_operation}&var-shard=${pim_shard}"
         "&time=${__data.fields[1].numeric}&time.window=240",
         [&](LinkChecks& c) { return c.log_to_board(*line); }},
        {"log -> metrics, two minutes around the line", "loki", "/correlations/1/config/target/url",
         "/d/pim-overview?var-operation=${pim_operation}"
         "&time=${__data.fields[1].numeric}&time.window=240000",
         [&](LinkChecks& c) { return c.log_to_board(*line); }},
    };
    for (const auto& control : controls) {
      const auto broken = files_.with(control.source, control.key, control.value);
      LinkChecks broken_checks(broken, kBoards);
      const auto finding = control.check(broken_checks);
      EXPECT_NE(finding.wrong, "")
          << control.link << " holds with " << control.key << " broken: " << finding.seen.dump(2);
      evidence.push_back({{"link", control.link},
                          {"broken", control.source + control.key},
                          {"noticed", finding.wrong}});
    }
  }
  EXPECT_EQ(board_queries.size(), 2U);
  if (board_queries.size() == 2) {
    EXPECT_NE(board_queries[0], board_queries[1]) << "two shards, two queries";
    EXPECT_NE(metrics_queries[0], metrics_queries[1]) << "two shards, two queries";
  }
  keep_evidence("links", "chain", evidence);
}

TEST_F(LinkContract, ASpanLeadsToItsProfileAndBack) {
  serve_observed({"--trace-rate", "100000", "--pyroscope-endpoint", stack().url("pyroscope")});
  TracedLoad load(server().port(), token("loadgen"));
  ASSERT_EQ(load.prepare(), "");
  load.run(kLightRate, 10s);
  // Work long enough for the profiler's clock to meet it: one rebuild takes but some ticks of it.
  std::vector<std::string> traces;
  for (int i = 0; i < 30; ++i) {
    const auto rebuilt = admin("POST", "/admin/rebuild", token("operator"), R"({"apply":false})");
    ASSERT_EQ(rebuilt.status, 200) << rebuilt.body;
    traces.emplace_back(rebuilt.header("traceparent").substr(3, 32));
  }

  LinkChecks checks(files_, kBoards);
  Json evidence = Json::array();
  Finding last{"no span says that it has a profile", {}};
  Span profiled;
  eventually(
      [&] {
        for (const auto& trace : traces) {
          auto spans = checks.follower().spans({"", "tempo", {{"query", trace}}, {}});
          std::ranges::sort(spans, std::greater{},
                            [](const Span& span) { return span.end_ns - span.start_ns; });
          for (const auto& span : spans) {
            last = checks.trace_to_profile(span);
            profiled = span;
            if (last.wrong.empty()) return true;
          }
        }
        return false;
      },
      90s);
  ASSERT_EQ(last.wrong, "") << last.seen.dump(2);
  const auto holds = [&](const std::string& name, const Finding& finding) {
    EXPECT_EQ(finding.wrong, "") << name << ": " << finding.seen.dump(2);
    evidence.push_back({{"link", name}, {"wrong", finding.wrong}, {"seen", finding.seen}});
  };
  holds("span -> profile", last);
  holds("profile -> trace", settled([&] { return checks.profile_to_trace(profiled); }));
  holds("span -> profile of its process",
        settled([&] { return checks.trace_to_process_profile(profiled); }));

  const Control controls[] = {
      {"span -> profile", "tempo", "/jsonData/tracesToProfiles/profileTypeId",
       "memory:inuse_space:bytes:space:bytes",
       [&](LinkChecks& c) { return c.trace_to_profile(profiled); }},
      {"span -> profile", "tempo", "/jsonData/tracesToProfiles/tags/0/value", "service",
       [&](LinkChecks& c) { return c.trace_to_profile(profiled); }},
      {"profile -> trace", "tempo", "/jsonData/tracesToProfiles/tags/0/key", "service",
       [&](LinkChecks& c) { return c.profile_to_trace(profiled); }},
      {"span -> profile of its process", "tempo", "/correlations/0/config/target/labelSelector",
       R"({service_name="${service}"})",
       [&](LinkChecks& c) { return c.trace_to_process_profile(profiled); }},
  };
  for (const auto& control : controls) {
    const auto broken = files_.with(control.source, control.key, control.value);
    LinkChecks broken_checks(broken, kBoards);
    const auto finding = control.check(broken_checks);
    EXPECT_NE(finding.wrong, "") << control.link << " holds with " << control.key << " broken";
    evidence.push_back({{"link", control.link},
                        {"broken", control.source + control.key},
                        {"noticed", finding.wrong}});
  }
  keep_evidence("links", "profiles", evidence);
}

// PIM_JOIN_RATE requests a second for PIM_JOIN_SECONDS; in CI a light rate and a short time.
TEST_F(LinkContract, WhatIsKeptIsJoinedWithinAMinute) {
  const auto from_environment = [](const char* name, int otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::atoi(set);
  };
  const auto rate = from_environment("PIM_JOIN_RATE", kLightRate);
  const std::chrono::seconds duration(from_environment("PIM_JOIN_SECONDS", 20));
  serve_observed();
  TracedLoad load(server().port(), token("loadgen"));
  ASSERT_EQ(load.prepare(), "");
  const auto begun = std::chrono::system_clock::now();
  const auto report = load.run(rate, duration);
  const auto ended = std::chrono::system_clock::now();

  // Joined: in Tempo, and at least one line in Loki says its id.
  auto missing = load.kept();
  const auto kept = missing.size();
  ASSERT_GT(kept, 0U);
  grafana::Follower follower(files_);
  const auto joined_within = [&] {
    std::set<std::string> said;
    // Loki answers at most 5,000 lines at once.
    for (auto from = begun - 1s; from < ended + 60s; from += 5s) {
      for (const auto& line :
           stack().logs(R"({service_name="pim"} | trace_id!="")", from, from + 5s)) {
        said.insert(line.labels.at("trace_id"));
      }
    }
    std::erase_if(missing, [&](const std::string& trace) {
      return said.contains(trace) && !follower.spans({"", "tempo", {{"query", trace}}, {}}).empty();
    });
    return missing.empty();
  };
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(
      ended + 60s - std::chrono::system_clock::now());
  eventually(joined_within, left);
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now() - ended);

  const auto joined = static_cast<double>(kept - missing.size()) / static_cast<double>(kept);
  const auto share = static_cast<double>(kept) / static_cast<double>(load.answered());
  std::printf(
      "joined %.4f of %zu kept traces within %lld s of the load's end; kept %.4f of %llu "
      "requests at %.0f a second\n",
      joined, kept, static_cast<long long>(took.count()), share,
      static_cast<unsigned long long>(load.answered()), report.per_second());
  keep_evidence("links", "joined",
                {{"requests", load.answered()},
                 {"requests_per_second", report.per_second()},
                 {"kept_traces", kept},
                 {"kept_share", share},
                 {"joined_share", joined},
                 {"seconds_after_the_load", took.count()}});
  EXPECT_GE(joined, 0.999) << missing.size() << " of " << kept << " are not, as "
                           << (missing.empty() ? "" : *missing.begin());
}

}  // namespace
}  // namespace pim::stack
