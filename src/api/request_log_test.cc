// What a request leaves in the log, and what it does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/server_testing.h"
#include "telemetry/kept_logs_testing.h"
#include "telemetry/kept_spans_testing.h"
#include "telemetry/log.h"

namespace pim::api {
namespace {

using telemetry::LogRecord;
using telemetry::text_of;

constexpr const char* kBornIn1957 = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";

struct Logged {
  telemetry::KeptSpans spans;
  telemetry::KeptLogs logs;
  telemetry::Tracer tracer{spans.exporter(), telemetry::keep_all()};
  telemetry::LogSender sender{logs.exporter(), telemetry::keep_all()};
  TestServer server{ServerOptions{}, true, &tracer, &sender};

  RawReply register_somebody(const std::string& headers = "") {
    return server.send("POST", "/v1/patients", "registrar", kBornIn1957, headers);
  }
};

std::string event_of(const LogRecord& record) { return text_of(record.attributes, "event.name"); }

std::string unkept_caller() {
  auto caller = telemetry::TraceContext::root();
  caller.sampled = false;
  return "traceparent: " + caller.traceparent() + "\r\n";
}

TEST(RequestLog, HasOneRecordOfAKeptTrace) {
  Logged logged;
  const Uuid patient = logged.server.add_patient();
  const auto reply = logged.server.send("GET", "/v1/patients/" + patient.to_string(), "clinician");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto records = logged.logs.wait_for(1);
  ASSERT_EQ(records.size(), 1U);
  const LogRecord& record = records[0];
  EXPECT_EQ(record.level, telemetry::Level::info);
  EXPECT_EQ(record.body, "request GET /v1/patients/{patient_id} 200 ok");
  ASSERT_TRUE(record.trace);
  EXPECT_EQ(record.trace->traceparent(), reply.header("traceparent"));
  const auto is = [&](std::string_view key, const std::string& value) {
    EXPECT_EQ(text_of(record.attributes, key), value) << key;
  };
  is("http.request.method", "GET");
  is("http.route", "/v1/patients/{patient_id}");
  is("http.response.status_code", "200");
  is("pim.operation", "get-chart");
  is("pim.outcome", "ok");
  is("pim.request_id", reply.header("x-request-id"));
  is("pim.bucket", std::to_string(bucket_of(patient).value));
  is("pim.shard", std::to_string(default_shard(bucket_of(patient), 4).value));
  EXPECT_GT(std::stod(text_of(record.attributes, "pim.duration_ms")), 0);
  EXPECT_EQ(json_line(record).find(patient.to_string()), std::string::npos);
}

TEST(RequestLog, OfATraceThatIsNotKeptHasOnlyFailures) {
  Logged logged;
  ASSERT_EQ(logged.register_somebody(unkept_caller()).status, 201);
  logged.server.spine.answer_with(spine::CommandReply{});  // unknown
  testing::internal::CaptureStderr();
  telemetry::forward_logs(&logged.sender);
  const auto failed = logged.register_somebody(unkept_caller());
  telemetry::forward_logs(nullptr);
  const auto lines = testing::internal::GetCapturedStderr();
  ASSERT_EQ(failed.status, 503);
  const auto records = logged.logs.wait_for(1);
  ASSERT_EQ(records.size(), 1U) << "of the one that failed";
  EXPECT_EQ(records[0].level, telemetry::Level::warn);
  EXPECT_FALSE(records[0].trace->sampled);
  EXPECT_EQ(text_of(records[0].attributes, "pim.outcome"), problem_name(failed));
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1);
  EXPECT_NE(lines.find(records[0].trace->trace_hex()), std::string::npos);
}

TEST(RequestLog, OfAKeptFailureHasOneRecordAndOneLine) {
  Logged logged;
  logged.server.spine.answer_with(spine::CommandReply{});
  testing::internal::CaptureStderr();
  telemetry::forward_logs(&logged.sender);
  ASSERT_EQ(logged.register_somebody().status, 503);
  telemetry::forward_logs(nullptr);
  const auto lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << lines;
  logged.server.spine.answer_with(std::nullopt);
  ASSERT_EQ(logged.register_somebody().status, 201);
  const auto records = logged.logs.wait_for(3);  // and the domain event of the second
  EXPECT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].level, telemetry::Level::warn);
  EXPECT_EQ(records[2].body, "request POST /v1/patients 201 ok");
}

TEST(RequestLog, HasTheDomainEventsOfAKeptTraceOnce) {
  Logged logged;
  spine::CommandReply two;
  two.outcome = spine::Outcome::accepted;
  two.status = 200;
  two.version = 5;
  two.bucket = BucketId{77};
  two.last_position = 40;
  two.events = 2;
  two.event_types = {"patient-registered", "patient-amended"};
  logged.server.spine.answer_with(two);
  const auto reply = logged.register_somebody();
  auto records = logged.logs.wait_for(3);
  ASSERT_EQ(records.size(), 3U);
  for (int i = 0; i < 2; ++i) {
    const auto& record = records[static_cast<std::size_t>(i)];
    EXPECT_EQ(event_of(record), "pim.domain.event");
    EXPECT_EQ(record.trace->traceparent(), reply.header("traceparent"));
    EXPECT_EQ(text_of(record.attributes, "pim.event.version"), std::to_string(4 + i));
    EXPECT_EQ(text_of(record.attributes, "pim.position"), std::to_string(39 + i));
    EXPECT_EQ(text_of(record.attributes, "pim.bucket"), "77");
    EXPECT_EQ(text_of(record.attributes, "pim.region"), "local");
    EXPECT_EQ(text_of(record.attributes, "pim.event.schema_version"), "1");
  }
  EXPECT_EQ(text_of(records[0].attributes, "pim.event.type"), "patient-registered");
  EXPECT_EQ(records[1].body, "pim.domain.event patient-amended");
  const auto metrics = logged.server.metrics.render();
  EXPECT_NE(metrics.find("pim_domain_events_logged_total 2\n"), std::string::npos);

  logged.server.spine.answer_with(std::nullopt);
  const std::string key = "Idempotency-Key: one\r\n";
  EXPECT_EQ(logged.register_somebody(key).status, 201);
  EXPECT_EQ(logged.register_somebody(key).header("idempotency-replayed"), "true");
  EXPECT_EQ(logged.register_somebody(unkept_caller()).status, 201);
  logged.server.stop();
  records = logged.logs.wait_for(6);
  EXPECT_EQ(records.size(), 6U);
  EXPECT_EQ(std::ranges::count(records, "pim.domain.event", event_of), 3)
      << "a replay committed nothing, and no other trace is kept";
}

}  // namespace
}  // namespace pim::api
