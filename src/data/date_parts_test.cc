#include "data/date_parts.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

TEST(DateParts, DigitsComeOffTheFront) {
  std::string_view text = "20240304x";
  EXPECT_EQ(take_digits(text, 4, 4), 2024);
  EXPECT_EQ(take_digits(text, 1, 9), 304);
  EXPECT_EQ(take_digits(text, 1, 2), std::nullopt);
  EXPECT_EQ(text, "x");
  std::string_view few = "7";
  EXPECT_EQ(take_digits(few, 2, 2), std::nullopt);
  EXPECT_EQ(few, "7") << "what does not fit stays";
}

TEST(DateParts, AClockOfTwelveBeginsWithTwelve) {
  std::string_view halves = "AMpmxm";
  EXPECT_EQ(take_half_of_day(halves), false);
  EXPECT_EQ(take_half_of_day(halves), true);
  EXPECT_EQ(take_half_of_day(halves), std::nullopt);
  EXPECT_EQ(hour_of_twelve(12, false), 0);
  EXPECT_EQ(hour_of_twelve(12, true), 12);
  EXPECT_EQ(hour_of_twelve(11, true), 23);
  EXPECT_EQ(hour_of_twelve(0, true), std::nullopt);
  EXPECT_EQ(hour_of_twelve(13, false), std::nullopt);
}

}  // namespace
}  // namespace pim::data
