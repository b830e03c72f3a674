#include "chaos/fault_event.h"

#include <gtest/gtest.h>

#include <variant>

namespace pim::chaos {
namespace {

std::string attribute(const telemetry::LogRecord& record, std::string_view key) {
  for (const auto& each : record.attributes) {
    if (each.key != key) continue;
    if (const auto* text = std::get_if<std::string>(&each.value)) return *text;
    return std::to_string(std::get<std::int64_t>(each.value));
  }
  return "-";
}

Moment at(std::int64_t milliseconds) {
  return {{}, std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds))};
}

TEST(FaultEvent, SaysWhatWhereAndFromWhenToWhen) {
  FaultNews news;
  news.phase = Phase::began;
  news.truth = {"disk-slow", "spine", {{"delay", "50ms"}, {"files", "*"}}, at(1'000), {}, {}};
  const auto began = fault_event(news);
  EXPECT_EQ(began.body, "pim.fault disk-slow began on spine");
  EXPECT_EQ(began.time, at(1'000).wall);
  EXPECT_EQ(attribute(began, "event.name"), "pim.fault");
  EXPECT_EQ(attribute(began, "kind"), "disk-slow");
  EXPECT_EQ(attribute(began, "target"), "spine");
  EXPECT_EQ(attribute(began, "parameters"), "delay=50ms files=*");
  EXPECT_EQ(attribute(began, "pim.phase"), "began");
  EXPECT_EQ(attribute(began, "pim.from"), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(attribute(began, "pim.to"), "-");

  news.phase = Phase::ended;
  news.truth.to = at(3'500);
  news.truth.hits = 12;
  const auto ended = fault_event(news);
  EXPECT_EQ(ended.time, at(3'500).wall);
  EXPECT_EQ(attribute(ended, "pim.from"), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(attribute(ended, "pim.to"), "1970-01-01T00:00:03.500Z");
  EXPECT_EQ(attribute(ended, "pim.hits"), "12");
}

TEST(FaultEvent, OfAFailureSaysWhy) {
  FaultNews news;
  news.phase = Phase::failed;
  news.truth.kind = "netem";
  news.truth.target = "spine";
  news.problem = "no netem";
  const auto failed = fault_event(news);
  EXPECT_EQ(failed.level, telemetry::Level::error);
  EXPECT_EQ(attribute(failed, "problem"), "no netem");
  EXPECT_EQ(attribute(failed, "pim.from"), "-");
}

}  // namespace
}  // namespace pim::chaos
