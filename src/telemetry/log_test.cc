// What a log call makes of its arguments, and where that goes. No test here comes near the flood
// limit: they share the process's log.
#include "telemetry/log.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "telemetry/current_span.h"
#include "telemetry/kept_logs_testing.h"

namespace pim::telemetry {
namespace {

std::string captured(const std::function<void()>& body) {
  testing::internal::CaptureStderr();
  body();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, IsOneJsonObjectALine) {
  const TraceContext trace = TraceContext::root();
  const std::string line = captured([&] {
    log(Level::warn, "a \"quoted\"\nmessage", {{"shard", "3"}, {"path", "C:\\x\x01"}}, &trace);
  });
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["level"], "warn");
  EXPECT_EQ(parsed["message"], "a \"quoted\"\nmessage");
  EXPECT_EQ(parsed["shard"], "3");
  EXPECT_EQ(parsed["path"], "C:\\x\x01");
  EXPECT_EQ(parsed["trace_id"], trace.trace_hex());
  EXPECT_EQ(parsed["span_id"], trace.span_hex());
  EXPECT_EQ(parsed["sampled"], true);
}

TEST(Log, KeepsQuietBelowItsLevel) {
  EXPECT_EQ(captured([] { log(Level::debug, "hidden"); }), "");
  set_log_level(Level::debug);
  EXPECT_NE(captured([] { log(Level::debug, "shown"); }).find("shown"), std::string::npos);
  set_log_level(Level::info);
}

TEST(Log, IsOfTheThreadsSpanWhereNoneIsGiven) {
  auto outer = TraceContext::root();
  outer.sampled = false;
  const auto given = TraceContext::root();
  const auto trace_in = [](const std::string& line) {
    const auto parsed = nlohmann::json::parse(line);
    return parsed.contains("trace_id") ? parsed["trace_id"].get<std::string>() : "";
  };
  EXPECT_EQ(trace_in(captured([] { log(Level::info, "outside"); })), "");
  const SpanScope scope(outer);
  const auto line = captured([] { log(Level::info, "inside"); });
  EXPECT_EQ(trace_in(line), outer.trace_hex());
  EXPECT_EQ(nlohmann::json::parse(line)["sampled"], false);
  EXPECT_EQ(trace_in(captured([&] { log(Level::info, "given", {}, &given); })), given.trace_hex());
}

TEST(Log, GoesToTheSenderAsLongAsThereIsOne) {
  KeptLogs kept;
  {
    LogSender sender(kept.exporter());
    forward_logs(&sender);
    const auto trace = TraceContext::root();
    const auto lines = captured([&] {
      log(Level::error, "both ways", {{"shard", "3"}}, &trace);
      log(Level::debug, "nowhere");
      LogRecord line_only;
      line_only.body = "a line only";
      log_line(line_only);
      forward_logs(nullptr);
      log(Level::info, "too late");
    });
    for (const auto* text : {"both ways", "a line only", "too late"}) {
      EXPECT_NE(lines.find(text), std::string::npos) << text;
    }
  }  // sends what is left
  const auto records = kept.wait_for(1);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].body, "both ways");
  EXPECT_EQ(records[0].level, Level::error);
  EXPECT_TRUE(records[0].trace);
  EXPECT_EQ(text_of(records[0].attributes, "shard"), "3");
}

}  // namespace
}  // namespace pim::telemetry
