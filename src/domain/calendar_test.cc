#include "domain/calendar.h"

#include <gtest/gtest.h>

namespace pim {
namespace {

TEST(Calendar, AnInstantAndItsCivilTimeAreOne) {
  for (const auto* text : {"1969-12-31T23:59:59.999Z", "2024-02-29T00:00:00.000Z",
                           "2199-12-31T12:34:56.789Z", "1900-01-01T00:00:00.001Z"}) {
    const auto time = UtcMillis::parse(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(instant_of(civil_time(time.value_or(UtcMillis{}))), time) << text;
  }
  const CivilTime at = civil_time(UtcMillis{-1});
  EXPECT_EQ(at.year, 1969);
  EXPECT_EQ(at.millis, 999);
}

TEST(Calendar, WhatNoClockAndNoCalendarShowsIsNoInstant) {
  EXPECT_TRUE(instant_of({2024, 2, 29, 23, 59, 59, 999}));
  EXPECT_FALSE(instant_of({2023, 2, 29}));
  EXPECT_FALSE(instant_of({2024, 0, 1}));
  EXPECT_FALSE(instant_of({2024, 13, 1}));
  EXPECT_FALSE(instant_of({2024, 256 + 1, 1}));
  EXPECT_FALSE(instant_of({2024, 1, 256 + 1}));
  EXPECT_FALSE(instant_of({2024, 1, 1, 24}));
  EXPECT_FALSE(instant_of({2024, 1, 1, 0, 60}));
  EXPECT_FALSE(instant_of({2024, 1, 1, 0, 0, 60}));
}

}  // namespace
}  // namespace pim
