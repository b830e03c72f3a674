#include "data/date_format.h"

#include <gtest/gtest.h>

#include <string>

namespace pim::data {
namespace {

std::string read(std::string_view format, std::string_view text) {
  const auto time = parse_date(format, text);
  return time ? time->to_string() : "no";
}

TEST(DateFormat, ReadsMockaroosForms) {
  EXPECT_EQ(read("M/D/YYYY", "3/7/2024"), "2024-03-07T00:00:00.000Z");
  EXPECT_EQ(read("M/D/YYYY h:mm A", "12/31/2023 12:05 AM"), "2023-12-31T00:05:00.000Z");
  EXPECT_EQ(read("M/D/YYYY h:mm A", "1/2/2023 12:05 pm"), "2023-01-02T12:05:00.000Z");
  EXPECT_EQ(read("D/MM/YYYY H:mm", "9/02/2021 7:30"), "2021-02-09T07:30:00.000Z");
  EXPECT_EQ(read("YYYY-MM-DD HH:mm:ss", "2020-02-29 23:59:58"), "2020-02-29T23:59:58.000Z");
  EXPECT_EQ(read("YYYY-MM-DDTHH:mm:ssZ", "2020-02-29T23:59:58Z"), "2020-02-29T23:59:58.000Z");
}

TEST(DateFormat, RefusesWhatIsNotADateOfThatForm) {
  EXPECT_EQ(read("M/D/YYYY", "2/30/2024"), "no");
  EXPECT_EQ(read("M/D/YYYY", "13/1/2024"), "no");
  EXPECT_EQ(read("M/D/YYYY", "3/7/24"), "no");
  EXPECT_EQ(read("M/D/YYYY", "3/7/2024 10:00"), "no");
  EXPECT_EQ(read("M/D/YYYY", ""), "no");
  EXPECT_EQ(read("M/D/YYYY", "3-7-2024"), "no");
  EXPECT_EQ(read("M/D/YYYY h:mm A", "3/7/2024 0:10 AM"), "no");
  EXPECT_EQ(read("M/D/YYYY h:mm A", "3/7/2024 1:10 XM"), "no");
  EXPECT_EQ(read("M/D/YYYY H:mm", "3/7/2024 24:10"), "no");
  EXPECT_EQ(read("M/D/YYYY", "3/7/1899"), "no");
}

TEST(DateFormat, KnowsACompleteFormat) {
  EXPECT_TRUE(is_date_format("M/D/YYYY"));
  EXPECT_TRUE(is_date_format("M/D/YYYY h:mm A"));
  EXPECT_FALSE(is_date_format("M/D"));
  EXPECT_FALSE(is_date_format("M/D/YYYY h:mm")) << "morning or afternoon?";
  EXPECT_FALSE(is_date_format("M/D/YYYY H:mm A"));
  EXPECT_FALSE(is_date_format("M/D/YYYY M"));
}

TEST(DateFormat, CountsFrom1970) {
  EXPECT_TRUE(is_date_format("X") && is_date_format("x"));
  EXPECT_FALSE(is_date_format("Xx"));
  EXPECT_EQ(parse_date("X", "315532800")->to_string(), "1980-01-01T00:00:00.000Z");
  EXPECT_EQ(parse_date("x", "315532800123")->to_string(), "1980-01-01T00:00:00.123Z");
  EXPECT_EQ(parse_date("X", "-86400")->to_string(), "1969-12-31T00:00:00.000Z");
  for (const auto* bad : {"", "1980-01-01", "315532800.5", "-2208988801", "7258118400", "9e9"}) {
    EXPECT_FALSE(parse_date("X", bad)) << bad;
  }
}

}  // namespace
}  // namespace pim::data
