#include "load/scenario/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "load/scenario/chi_square_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

std::vector<nanoseconds> all_of(const std::vector<Stage>& stages, Process process,
                                std::uint64_t seed = 1) {
  StageArrivals arrivals(stages, process, seed);
  std::vector<nanoseconds> all;
  while (const auto next = arrivals.next()) all.push_back(*next);
  return all;
}

std::uint64_t count_between(const std::vector<nanoseconds>& all, nanoseconds from, nanoseconds to) {
  return static_cast<std::uint64_t>(std::ranges::lower_bound(all, to) -
                                    std::ranges::lower_bound(all, from));
}

TEST(Arrivals, AConstantRateIsEvenlySpacedFromZero) {
  const auto all = all_of({{"", 250, 250, 4s}}, Process::constant);
  ASSERT_EQ(all.size(), 1000U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], 4ms * i);
}

// The millionth arrival at a rate whose gap no clock can tell is where a calculation puts it.
TEST(Arrivals, NothingDrifts) {
  StageArrivals arrivals({{"", 3000, 3000, 1h}}, Process::constant, 1);
  std::optional<nanoseconds> last;
  for (int i = 0; i <= 9'999'999; ++i) last = arrivals.next();
  EXPECT_EQ(last, nanoseconds(3'333'333'000'000));
}

TEST(Arrivals, ARampFollowsTheIntegralOfItsRate) {
  // n(t) = 100 t + 45 t^2 up, and the mirror image down
  for (const auto& [from, to] : {std::pair{100.0, 1000.0}, {1000.0, 100.0}, {0.0, 500.0}}) {
    const auto all = all_of({{"", from, to, 10s}}, Process::constant);
    ASSERT_EQ(all.size(), static_cast<std::size_t>((from + to) / 2 * 10));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double t = std::chrono::duration<double>(all[i]).count();
      EXPECT_NEAR(from * t + (to - from) / 20 * t * t, static_cast<double>(i), 1e-4);
    }
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_LT(all.back(), 10s);
  }
}

TEST(Arrivals, ARampDownToNothingHasAllItsArrivals) {
  const auto all =
      all_of({{"", 2000, 0, 10s}, {"", 0, 0, 5s}, {"", 10, 10, 1s}}, Process::constant);
  ASSERT_EQ(all.size(), 10'010U);
  EXPECT_LT(all[9'999], 10s);
  EXPECT_EQ(all[10'000], 15s);
}

// 0.4 arrivals a stage: what is left of one stage counts in the next.
TEST(Arrivals, StagesTooShortForAnArrivalAddUp) {
  const std::vector<Stage> stages(10, {"", 1, 1, 400ms});
  EXPECT_EQ(all_of(stages, Process::constant), (std::vector<nanoseconds>{0s, 1s, 2s, 3s}));
}

TEST(Arrivals, ASpikeBeginsAndEndsWhereItShould) {
  const auto all =
      all_of({{"", 100, 100, 10s}, {"", 2000, 2000, 5s}, {"", 100, 100, 10s}}, Process::constant);
  EXPECT_EQ(count_between(all, 0s, 10s), 1000U);
  EXPECT_EQ(count_between(all, 10s, 15s), 10'000U);
  EXPECT_EQ(count_between(all, 15s, 25s), 1000U);
}

TEST(Arrivals, PoissonGapsAreExponential) {
  const auto all = all_of({{"", 1000, 1000, 200s}}, Process::poisson, 7);
  EXPECT_NEAR(static_cast<double>(all.size()), 200'000, 4 * std::sqrt(200'000));
  // tenths of the distribution
  std::vector<std::uint64_t> counts(10);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double gap = std::chrono::duration<double>(all[i] - all[i - 1]).count();
    ++counts[std::min<std::size_t>(static_cast<std::size_t>(10 * -std::expm1(-gap * 1000)), 9)];
  }
  const std::vector<double> expected(10, static_cast<double>(all.size() - 1) / 10);
  EXPECT_LT(std::abs(chi_square_sigmas(counts, expected)), 4);
  // and in no way evenly spaced
  EXPECT_GT(counts[0], 10'000U);
}

TEST(Arrivals, PoissonUnderARampHasItsRateAtEveryTime) {
  const auto all = all_of({{"", 0, 4000, 20s}, {"", 500, 500, 20s}}, Process::poisson, 11);
  EXPECT_TRUE(std::ranges::is_sorted(all));
  std::vector<std::uint64_t> counts;
  std::vector<double> expected;
  for (int second = 0; second < 40; ++second) {
    counts.push_back(count_between(all, 1s * second, 1s * (second + 1)));
    expected.push_back(second < 20 ? 100.0 + 200.0 * second : 500);
  }
  EXPECT_LT(std::abs(chi_square_sigmas(counts, expected)), 4);
}

TEST(Arrivals, AreTheSameForTheSameSeedOnly) {
  const std::vector<Stage> stages = {{"", 100, 300, 5s}};
  EXPECT_EQ(all_of(stages, Process::poisson, 5), all_of(stages, Process::poisson, 5));
  EXPECT_NE(all_of(stages, Process::poisson, 5), all_of(stages, Process::poisson, 6));
}

}  // namespace
}  // namespace pim::load
