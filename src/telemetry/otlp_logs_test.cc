// Log records over a real socket.
#include "telemetry/otlp_logs.h"

#include <gtest/gtest.h>

#include <optional>

#include "telemetry/event.h"
#include "telemetry/otlp_receiver_testing.h"

namespace pim::telemetry {
namespace {

TEST(OtlpLogs, CarryEverythingOverTheWire) {
  OtlpReceiver receiver;
  const auto exporter =
      otlp_log_exporter(receiver.endpoint(),
                        {.service_name = "pim", .service_version = "1.2", .instance_id = "node-7"});
  LogRecord record;
  record.time = WallTime(std::chrono::milliseconds(1'700'000'000'042));
  record.level = Level::warn;
  record.body = "request";
  record.trace = TraceContext::root();
  record.attributes = {{"text", std::string("a\"b")}, {"number", std::int64_t{42}}, {"part", 0.5}};
  LogRecord unkept = record;
  unkept.trace->sampled = false;
  LogRecord alone;
  alone.body = "alone";
  ASSERT_TRUE(exporter->send(std::vector<LogRecord>{record, unkept, alone}));
  const auto received = receiver.wait_for_logs(3);
  ASSERT_EQ(received.size(), 3U);
  EXPECT_TRUE(receiver.spans().empty());
  const auto& got = received[0];
  EXPECT_EQ(got.time_ns, 1'700'000'000'042'000'000U);
  EXPECT_EQ(got.severity, 13U);
  EXPECT_EQ(got.severity_text, "WARN");
  EXPECT_EQ(got.body, "request");
  EXPECT_EQ(got.trace_id, record.trace->trace_hex());
  EXPECT_EQ(got.span_id, record.trace->span_hex());
  EXPECT_EQ(got.flags, 1U);
  EXPECT_EQ(got.attributes.at("level"), "warn");
  EXPECT_EQ(got.attributes.at("sampled"), "true");
  EXPECT_EQ(got.attributes.at("text"), "a\"b");
  EXPECT_EQ(got.attributes.at("number"), "42");
  EXPECT_EQ(got.attributes.at("part"), std::to_string(0.5));
  EXPECT_EQ(got.resource.at("service.name"), "pim");
  EXPECT_EQ(got.resource.at("service.namespace"), "pim");
  EXPECT_EQ(got.resource.at("service.instance.id"), "node-7");
  EXPECT_EQ(received[1].attributes.at("sampled"), "false");
  EXPECT_EQ(received[1].flags, 0U);
  EXPECT_EQ(received[2].body, "alone");
  EXPECT_FALSE(received[2].attributes.contains("sampled"));
}

TEST(OtlpLogs, SayWhereNothingWasDelivered) {
  std::optional<OtlpReceiver> receiver(std::in_place);
  const auto exporter = otlp_log_exporter(receiver->endpoint(), {});
  const std::vector<LogRecord> one(1);
  receiver->answer_with(503);
  EXPECT_FALSE(exporter->send(one));
  receiver->answer_with(200);
  EXPECT_TRUE(exporter->send(one));
  receiver.reset();
  EXPECT_FALSE(exporter->send(one));
}

TEST(Event, IsARecordWithItsName) {
  const auto record = event(EventName::deploy, WallTime(std::chrono::seconds(5)), "started",
                            {{"pim.shards", std::int64_t{4}}});
  EXPECT_EQ(record.body, "pim.deploy started");
  EXPECT_EQ(record.level, Level::info);
  ASSERT_EQ(record.attributes.size(), 2U);
  EXPECT_EQ(record.attributes[1].key, "event.name");
  EXPECT_EQ(std::get<std::string>(record.attributes[1].value), "pim.deploy");
  for (const auto name : kEventNames) EXPECT_EQ(to_string(*parse_event_name(name)), name);
  EXPECT_FALSE(parse_event_name("pim.patient"));
}

}  // namespace
}  // namespace pim::telemetry
