#include "telemetry/trace_state.h"

#include <gtest/gtest.h>

#include <random>

#include "telemetry/trace.h"

namespace pim::telemetry {
namespace {

TEST(TraceState, IsHandedOnAsItCame) {
  EXPECT_EQ(trace_state("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(trace_state(" a=1 ,, \tb=x y , 0t@sys=2"), "a=1,b=x y,0t@sys=2");
  EXPECT_EQ(trace_state(""), "");
  EXPECT_EQ(trace_state(", ,"), "");
}

TEST(TraceState, OfWhichOneMemberIsNotValidIsDropped) {
  for (const std::string bad : {"a", "=1", "a=", "A=1", "_a=1", "a=1=2", "a b=1", "a=1,a=2",
                                "a=1,B=2", "a=\x7f", "a=\xc3\xa9", "a=1\r\nx: y"}) {
    EXPECT_EQ(trace_state(bad), "") << bad;
  }
  EXPECT_EQ(trace_state(std::string(257, 'k') + "=1"), "");
  EXPECT_EQ(trace_state("k=" + std::string(257, 'v')), "");
  std::string many;
  for (int i = 0; i < 32; ++i) many += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
  EXPECT_EQ(trace_state(many), many);
  EXPECT_EQ(trace_state(many + ",one=more"), "");
}

TEST(TraceState, IsCutToItsLimitLongMembersFirst) {
  const std::string exact = "a=" + std::string(126, 'x') + ",b=" + std::string(126, 'x') +
                            ",c=" + std::string(126, 'x') + ",d=" + std::string(123, 'x');
  ASSERT_EQ(exact.size(), kMaxTraceState);
  EXPECT_EQ(trace_state(exact), exact);
  EXPECT_EQ(trace_state(exact + "y"), exact.substr(0, exact.find(",d=")));
  const std::string big = "big=" + std::string(200, 'x');
  EXPECT_EQ(trace_state("a=1," + big + "," + exact.substr(0, 400)).find("big"), std::string::npos);
  EXPECT_EQ(trace_state(big + ",a=1"), big + ",a=1") << "it fits";
}

// Whatever stands in the headers, nothing breaks, and what is taken from them is well-formed.
TEST(TraceState, AndTraceparentStandAnyBytes) {
  std::mt19937 random(20261128);
  const std::string valid = TraceContext::root().traceparent();
  const std::string alphabet = "0123456789abcdefABCDEF-=,@ \t\0\x7f\xff" + valid;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text = round % 4 == 0 ? valid : "a=1,b=2,c=3";
      const auto flips = 1 + random() % 3;
      for (unsigned i = 0; i < flips; ++i) {
        const auto at = random() % text.size();
        switch (random() % 3) {
          case 0:
            text[at] = static_cast<char>(random());
            break;
          case 1:
            text.insert(at, 1, alphabet[random() % alphabet.size()]);
            break;
          default:
            if (text.size() > 1) text.erase(at, 1);
        }
      }
    } else {
      text.resize(random() % 80);
      for (char& c : text) c = alphabet[random() % alphabet.size()];
    }
    if (const auto context = TraceContext::parse(text)) {
      const auto again = TraceContext::parse(context->traceparent());
      ASSERT_TRUE(again) << text;
      ASSERT_EQ(again->trace_id, context->trace_id);
      ASSERT_EQ(again->span_id, context->span_id);
      ASSERT_EQ(text.substr(3, 49), context->traceparent().substr(3, 49));
    }
    const auto state = trace_state(text);
    ASSERT_LE(state.size(), kMaxTraceState);
    ASSERT_EQ(trace_state(state), state) << text;
  }
}

}  // namespace
}  // namespace pim::telemetry
