#include "data/convert.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

FieldRule rule(Conversion conversion, std::string format = {}) {
  FieldRule made;
  made.from = FieldRule::From::column;
  made.conversion = conversion;
  if (!format.empty()) made.formats = {std::move(format)};
  return made;
}

std::string run(const FieldRule& with, std::string_view text) {
  const auto result = convert(with, 2026, text);
  return result ? *result : "refused";
}

TEST(Convert, ReadsMoneyAsCents) {
  const auto cents = rule(Conversion::cents);
  EXPECT_EQ(run(cents, "$1,234.50"), "123450");
  EXPECT_EQ(run(cents, "7"), "700");
  EXPECT_EQ(run(cents, "0.5"), "50");
  EXPECT_EQ(run(cents, "12,345,678.9"), "1234567890");
  for (const auto* bad : {"$", "-3.00", "1.234", "1.", "abc", "", "$1.2x", "99999999999999999999",
                          "12,34", "1,2345", "1234,567", "1,,234", ",123", "1.234,50"}) {
    EXPECT_EQ(run(cents, bad), "refused") << bad;
  }
}

TEST(Convert, TurnsAgesIntoBirthYearsAndGroupsNinetyAndAbove) {
  const auto age = rule(Conversion::birth_year_of_age);
  EXPECT_EQ(run(age, "0"), "2026");
  EXPECT_EQ(run(age, "89"), "1937");
  EXPECT_EQ(run(age, "90"), "1936");
  EXPECT_EQ(run(age, "104"), "1936");
  EXPECT_EQ(run(age, "34.0"), "1992");
  EXPECT_EQ(run(age, "3.4e1"), "1992");
  for (const auto* bad : {"-1", "131", "x", "4.5", "34.0 y", "nan", "inf", "1e99", ""}) {
    EXPECT_EQ(run(age, bad), "refused") << bad;
  }
}

TEST(Convert, KeepsOnlyTheYearOfABirthDate) {
  const auto date = rule(Conversion::birth_year_of_date, "M/D/YYYY");
  EXPECT_EQ(run(date, "7/4/1999"), "1999");
  EXPECT_EQ(run(date, "7/4/1920"), "1936");
  EXPECT_EQ(run(date, "7/4/2031"), "refused");
}

TEST(Convert, ShortensZipCodesAndHidesSparseAreas) {
  const auto zip = rule(Conversion::zip3);
  EXPECT_EQ(run(zip, "43215"), "432");
  EXPECT_EQ(run(zip, "43215-1234"), "432");
  EXPECT_EQ(run(zip, "82190"), "000");
  for (const auto* bad : {"4321", "432156", "4321x", "43215 1234"}) {
    EXPECT_EQ(run(zip, bad), "refused") << bad;
  }
}

TEST(Convert, LooksValuesUpBeforeItConverts) {
  auto sex = rule(Conversion::none);
  sex.values = {{"Female", "F"}};
  EXPECT_EQ(run(sex, "Female"), "F");
  EXPECT_EQ(run(sex, "Other"), "refused");
  sex.otherwise = "X";
  EXPECT_EQ(run(sex, "Other"), "X");
}

}  // namespace
}  // namespace pim::data
