#include "telemetry/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

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

TEST(Log, CutsAFlood) {
  const std::string out = captured([] {
    for (int i = 0; i < 5000; ++i) log(Level::info, "flood");
  });
  const auto lines = std::count(out.begin(), out.end(), '\n');
  EXPECT_GT(lines, 0);
  EXPECT_LT(lines, 2500);  // 200 a second; the loop takes far less than ten seconds
}

}  // namespace
}  // namespace pim::telemetry
