#include "load/scenario/units.h"

#include <gtest/gtest.h>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

TEST(Units, ADurationIsANumberAndItsUnit) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("0.1us"), 100ns);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Units, WhatIsNoDurationIsNone) {
  for (const char* text : {"", "30", "s", "30 s", "-1s", "1s ", "1e3s", "inf", "nans", "1d", "1S",
                           "999999999999h", "0x10s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Units, ADurationIsShownInItsLargestWholeUnit) {
  EXPECT_EQ(show_duration(90s), "90s");
  EXPECT_EQ(show_duration(120s), "2m");
  EXPECT_EQ(show_duration(1500us), "1500us");
  EXPECT_EQ(show_duration(7h), "7h");
  EXPECT_EQ(show_duration(0s), "0s");
  EXPECT_EQ(parse_duration(show_duration(1234567ns)), 1234567ns);
}

TEST(Units, ANumberIsShownWithoutExponentOrNoise) {
  EXPECT_EQ(show_number(0.1), "0.1");
  EXPECT_EQ(show_number(1'000'000), "1000000");
  EXPECT_EQ(show_number(-5), "-5");
}

}  // namespace
}  // namespace pim::load
