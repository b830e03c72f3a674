#include "api/admin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "api/metric_names.h"
#include "api/server_testing.h"
#include "routing/bucket.h"
#include "telemetry/pprof_reader_testing.h"
#include "telemetry/profiler.h"

namespace pim::api {
namespace {

std::string bearer(const char* role) {
  return "Authorization: Bearer " + TestServer::token(role) + "\r\n";
}

TEST(Admin, ProbesTellTheStatesApart) {
  TestServer server({}, false);
  EXPECT_EQ(server.admin("GET", "/livez").status, 200);
  EXPECT_EQ(server.admin("GET", "/startupz").status, 503);
  const auto starting = server.admin("GET", "/readyz");
  EXPECT_EQ(starting.status, 503);
  EXPECT_EQ(starting.body, R"({"ready":false,"reasons":["starting"]})");
  server.server().ready();
  EXPECT_EQ(server.admin("GET", "/startupz").status, 200);
  EXPECT_EQ(server.admin("GET", "/readyz").body, R"({"ready":true})");
  server.spine.set_writable(false);
  EXPECT_EQ(server.admin("GET", "/readyz").body,
            R"({"ready":false,"reasons":["store-not-writable"]})");
  EXPECT_EQ(server.admin("GET", "/livez").status, 200) << "a restart would not help";
  EXPECT_EQ(server.admin("HEAD", "/livez").status, 200);
}

TEST(Admin, OffersNothingElse) {
  TestServer server;
  EXPECT_EQ(server.admin("GET", "/").status, 404);
  EXPECT_EQ(server.admin("GET", "/v1/patients").status, 404);
  const auto wrong = server.admin("GET", "/admin/backup");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "POST");
  EXPECT_EQ(server.admin("POST", "/metrics").status, 405);
  EXPECT_NE(server.admin("GET", "/version").body.find("\"version\":\""), std::string::npos);
  EXPECT_EQ(server.send("GET", "/metrics", "operator").status, 404) << "not on the data port";
}

TEST(Admin, BackupNeedsAnOperatorAndIsOnRecord) {
  TestServer server;
  const std::string body = R"({"target":"/backups/monday"})";
  EXPECT_EQ(server.admin("POST", "/admin/backup", "", body).status, 401);
  EXPECT_EQ(server.admin("POST", "/admin/backup", bearer("auditor"), body).status, 403);
  const auto done = server.admin("POST", "/admin/backup", bearer("operator"), body);
  EXPECT_EQ(done.status, 200) << done.body;
  for (const char* bad : {"", "{}", R"({"target":"relative"})", R"({"target":"/a/../etc"})",
                          R"({"target":"/a","x":1})", R"({"target":7})"}) {
    const auto refused = server.admin("POST", "/admin/backup", bearer("operator"), bad);
    EXPECT_EQ(refused.status, 400) << bad;
    EXPECT_EQ(json_member(refused.body, "field"), "/target");
  }
  const auto failed =
      server.admin("POST", "/admin/backup", bearer("operator"), R"({"target":"/full"})");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(problem_name(failed), "operation-failed");
  std::vector<audit::EntryKind> kinds;
  for (const auto& entry : server.journal.all()) kinds.push_back(entry.kind);
  using audit::EntryKind;
  EXPECT_EQ(kinds, (std::vector{EntryKind::denied, EntryKind::exported, EntryKind::failed}));
}

TEST(Admin, RebuildReportsWhatItFound) {
  TestServer server;
  EXPECT_EQ(server.admin("POST", "/admin/rebuild", bearer("registrar")).status, 403);
  EXPECT_EQ(server.admin("POST", "/admin/rebuild", bearer("operator")).body,
            R"({"events":12,"rows_compared":34,"differences":[],"switched":true})");
  EXPECT_EQ(server.admin("POST", "/admin/rebuild", bearer("operator"), R"({"apply":false})").body,
            R"({"events":12,"rows_compared":34,"differences":[],"switched":false})");
  EXPECT_EQ(server.admin("POST", "/admin/rebuild", bearer("operator"), R"({"apply":1})").status,
            400);
}

TEST(Profile, SaysClearlyThatThereIsNoProfiler) {
  TestServer server;
  const auto off = server.admin("GET", "/debug/pprof/profile?seconds=1");
  EXPECT_EQ(off.status, 404);
  EXPECT_EQ(problem_name(off), "profiler-off");
  EXPECT_EQ(server.admin("POST", "/debug/pprof/profile").status, 405);
  EXPECT_EQ(server.send("GET", "/debug/pprof/profile", "operator").status, 404)
      << "not on the data port";
}

TEST(Profile, WantsATimeThatItCanKeep) {
  const auto profiler = telemetry::Profiler::start({});
  ASSERT_NE(profiler, nullptr);
  TestServer server({}, true, nullptr, nullptr, profiler.get());
  for (const char* bad : {"?seconds=0", "?seconds=61", "?seconds=x", "?seconds=1&seconds=1",
                          "?seconds=-1", "?seconds=", "?second=1", "?seconds=1&x=2"}) {
    const auto refused = server.admin("GET", std::string("/debug/pprof/profile") + bad);
    EXPECT_EQ(refused.status, 400) << bad;
    EXPECT_EQ(json_member(refused.body, "field"), "seconds") << bad;
  }
}

TEST(Profile, ComesAfterItsTimeWhileOthersAreAnsweredAndOnlyTwoAtATime) {
  const auto profiler = telemetry::Profiler::start({.hz = 1000});
  ASSERT_NE(profiler, nullptr);
  TestServer server({}, true, nullptr, nullptr, profiler.get());
  RawClient first(server.admin_port());
  RawClient second(server.admin_port());
  first.send(request_text("GET", "/debug/pprof/profile?seconds=1"));
  second.send(request_text("GET", "/debug/pprof/profile?seconds=60"));
  // A third one is refused as soon as both have begun; until then it would be one of the two.
  RawReply third;
  do {
    third = server.admin("GET", "/livez");
    EXPECT_EQ(third.status, 200) << "the port's one thread does not wait";
  } while (profiler->stats().samples < 20);
  third = server.admin("GET", "/debug/pprof/profile?seconds=1");
  EXPECT_EQ(third.status, 503) << third.body;
  EXPECT_EQ(problem_name(third), "overloaded");
  EXPECT_EQ(third.header("retry-after"), "1");
  const auto done = first.receive();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, 200);
  EXPECT_EQ(done->header("content-type"), "application/octet-stream");
  const auto profile = telemetry::read_pprof(done->body);
  EXPECT_GT(profile.ticks(), 0) << "of what answered /livez";
  EXPECT_GE(profile.duration_nanos, 1'000'000'000);
  server.stop();  // and does not wait for the second one's minute
}

// The names that a scrape shows, each with its type.
std::set<std::string> families(const std::string& text) {
  std::set<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) found.insert(line.substr(7));
  }
  return found;
}

TEST(Metrics, HaveTheseNamesForEver) {
  TestServer server;
  server.send("GET", "/v1/codes/PCS/frequency", "operator");
  const auto reply = server.admin("GET", "/metrics");
  EXPECT_EQ(reply.header("content-type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("# EOF\n"));
  std::set<std::string> listed;
  for (const auto& section : metrics::kSections) {
    for (const auto* info : section.metrics) {
      listed.insert(std::string(info->name) + ' ' + std::string(to_string(info->type)));
    }
  }
  EXPECT_EQ(families(reply.body), listed);
}

TEST(Metrics, ShowNoSeriesThatTheirListDoesNotKnow) {
  TestServer server;
  server.admin("GET", "/metrics");
  EXPECT_EQ(server.metrics.refused(), 0u);
  const auto text = server.admin("GET", "/metrics").body;
  EXPECT_NE(text.find("\npim_metrics_series_refused_total 0\n"), std::string::npos);
}

TEST(Metrics, CountRequestsByOperationAndReadOtherRooms) {
  TestServer server;
  for (int i = 0; i < 3; ++i) server.send("GET", "/v1/codes/PCS/frequency", "operator");
  server.send("GET", "/v1/codes/PCS/frequency", "biller");
  server.send("GET", "/nothing", "");
  const std::string text = server.admin("GET", "/metrics").body;
  const auto has = [&](const std::string& line) {
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
  };
  has(R"(pim_http_requests_total{operation="get-code-frequency",method="GET",status="2xx"} 3)");
  has(R"(pim_http_requests_total{operation="get-code-frequency",method="GET",status="4xx"} 1)");
  has(R"(pim_http_requests_total{operation="none",method="other",status="4xx"} 1)");
  has(R"(pim_http_request_duration_seconds_count{operation="get-code-frequency",shard="none"} 4)");
  has(R"(pim_http_denied_total{reason="forbidden"} 1)");
  has(R"(pim_shard_commands_total{shard="1"} 11)");
  has(R"(pim_shard_shed_commands_total{shard="1",reason="queue_wait"} 1)");
  has(R"(pim_bucket_group_events_total{group="63"} 8)");
  has(R"(pim_bucket_group_events_total{group="00"} 0)");
  has(R"(pim_commit_duration_seconds_sum{store="0"} 0.0015)");
  has(R"(pim_projection_events_behind{projection="readmodel"} 3)");
  has(R"(pim_projection_lag_seconds{projection="readmodel"} 0.04)");
  has("pim_journal_lag_seconds 0.02");
  has("pim_reference_cache_hits_total 5");
  has("pim_journal_entries_total 1");
  has("pim_ready 1");
}

TEST(Metrics, TellShardAndRegionOfWhatConcernsOnePatient) {
  ServerOptions options;
  options.region = "east-1";
  TestServer server(options);
  std::map<std::uint16_t, int> reads;
  for (int i = 0; i < 8; ++i) {
    const Uuid patient = server.add_patient();
    const auto shard = default_shard(bucket_of(patient), options.shards).value;
    EXPECT_EQ(server.send("GET", "/v1/patients/" + patient.to_string(), "clinician").status, 200);
    ++reads[shard];
  }
  server.send("GET", "/v1/codes/PCS/frequency", "operator");
  const std::string text = server.admin("GET", "/metrics").body;
  for (const auto& [shard, count] : reads) {
    const std::string label = "shard=\"" + std::to_string(shard) + "\"";
    for (const std::string& line :
         {"pim_shard_requests_total{" + label + ",region=\"east-1\"} " + std::to_string(count),
          "pim_http_request_duration_seconds_count{operation=\"get-chart\"," + label + "} " +
              std::to_string(count)}) {
      EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
    }
  }
  EXPECT_NE(text.find(R"(,region="east-1"} 1)"
                      "\n# TYPE process_cpu"),
            std::string::npos);
  EXPECT_NE(text.find("pim_read_queue_wait_seconds_count 9\n"), std::string::npos);
}

TEST(Metrics, AreEmptyOnceTheServerIsGone) {
  TestServer server;
  server.stop();
  EXPECT_EQ(server.metrics.render().find("pim_shard_commands_total{"), std::string::npos);
}

}  // namespace
}  // namespace pim::api
