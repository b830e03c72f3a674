#include "load/scenario/zipf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "load/scenario/chi_square_testing.h"

namespace pim::load {
namespace {

double sigmas(std::uint64_t size, double exponent, double assumed) {
  constexpr std::uint64_t kDraws = 200'000;
  const Zipf zipf(size, exponent);
  std::vector<std::uint64_t> counts(size);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Dice dice(20, 0x21FF, i);
    ++counts[zipf.draw(dice)];
  }
  std::vector<double> expected(size);
  double sum = 0;
  for (std::size_t k = 0; k < size; ++k) {
    expected[k] = std::pow(static_cast<double>(k) + 1, -assumed);
    sum += expected[k];
  }
  for (double& each : expected) each *= static_cast<double>(kDraws) / sum;
  return chi_square_sigmas(counts, expected);
}

TEST(Zipf, EachRankIsDrawnAsOftenAsTheLawSays) {
  for (const double exponent : {0.0, 0.5, 0.99, 1.0, 1.01, 1.5, 2.0}) {
    EXPECT_LT(std::abs(sigmas(100, exponent, exponent)), 4) << exponent;
  }
}

TEST(Zipf, TheTestTellsExponentsApart) {
  EXPECT_GT(sigmas(100, 0.9, 0.95), 10);
  EXPECT_GT(sigmas(100, 1.1, 1.05), 10);
}

TEST(Zipf, OneOrTwoAreEnough) {
  const Zipf one(1, 0.9);
  const Zipf two(2, 40);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Dice dice(1, 2, i);
    EXPECT_EQ(one.draw(dice), 0U);
    EXPECT_EQ(two.draw(dice), 0U);  // the other one has 1 in 2^40
  }
}

TEST(Zipf, ALargePopulationIsReachedToItsEnd) {
  constexpr std::uint64_t kSize = 100'000'000;
  const Zipf zipf(kSize, 0.2);
  std::uint64_t most = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    Dice dice(3, 4, i);
    most = std::max(most, zipf.draw(dice));
  }
  EXPECT_LT(most, kSize);
  EXPECT_GT(most, kSize / 100 * 99);
}

}  // namespace
}  // namespace pim::load
