#include "telemetry/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pim::telemetry {
namespace {

constexpr char kExample[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, SurvivesARoundTrip) {
  const auto context = TraceContext::parse(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->span_hex(), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->traceparent(), kExample);
}

TEST(TraceContext, ReadsALaterVersionByItsFirstFields) {
  const std::string tail = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  EXPECT_TRUE(TraceContext::parse("cc" + tail + "-what-the-future-brings").has_value());
  EXPECT_FALSE(TraceContext::parse("cc" + tail).value().sampled);
}

TEST(TraceContext, RefusesWhatTheSpecificationCallsInvalid) {
  const std::string good = kExample;
  const std::string bad[] = {
      "",
      good.substr(0, 54),
      good + "-00",                                               // version 00 has no more fields
      "ff" + good.substr(2),                                      // version ff
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",  // upper case
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",  // no trace
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",  // no span
      "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",  // not hex
      "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",  // not dashes
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01extra",  // no dash after the flags
  };
  for (const std::string& header : bad) {
    EXPECT_FALSE(TraceContext::parse(header).has_value()) << header;
  }
}

TEST(TraceContext, AChildIsANewSpanOfTheSameTrace) {
  const TraceContext parent = TraceContext::root();
  const TraceContext child = parent.child();
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
}

TEST(TraceContext, RootsDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(TraceContext::root().trace_hex());
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace pim::telemetry
