#include "domain/age_band.h"

#include <gtest/gtest.h>

#include <string>

namespace pim {
namespace {

TEST(AgeBand, EveryAgeIsInItsBand) {
  for (int age = 0; age < 90; ++age) {
    const int from = age - age % 5;
    EXPECT_EQ(age_band(2025 - age, 2025), std::to_string(from) + "-" + std::to_string(from + 4));
  }
}

TEST(AgeBand, NinetyAndAboveAreOne) {
  for (int age : {90, 91, 125, 2025}) EXPECT_EQ(age_band(2025 - age, 2025), "90+");
}

TEST(AgeBand, AnUnbornIsZero) { EXPECT_EQ(age_band(2026, 2025), "0-4"); }

}  // namespace
}  // namespace pim
