#include "telemetry/sampler.h"

#include <gtest/gtest.h>

namespace pim::telemetry {
namespace {

using namespace std::chrono_literals;

const Sampler::Time kStart{1000s};

std::uint64_t kept(Sampler& sampler, int traces, std::chrono::nanoseconds every) {
  const auto before = sampler.kept();
  for (int i = 0; i < traces; ++i) sampler.keep(TraceContext::root(), kStart + i * every);
  return sampler.kept() - before;
}

TEST(Sampler, KeepsAllUpToTheRate) {
  Sampler sampler({.rate = 50, .share = 0});
  EXPECT_EQ(kept(sampler, 1000, 20ms), 1000U) << "50 a second";
  EXPECT_EQ(sampler.asked(), 1000U);
}

TEST(Sampler, KeepsTheRateOfAFlood) {
  Sampler sampler({.rate = 50, .share = 0});
  const auto count = kept(sampler, 100'000, 100us);  // ten seconds of 10,000 a second
  EXPECT_GE(count, 500U);
  EXPECT_LE(count, 550U) << "and a second's burst";
}

TEST(Sampler, TakesABurstOfASecondAfterAPause) {
  Sampler sampler({.rate = 50, .share = 0});
  EXPECT_EQ(kept(sampler, 1000, 0ns), 50U);
}

TEST(Sampler, KeepsTheShareBeyondTheRate) {
  Sampler sampler({.rate = 0, .share = 0.1});
  const auto count = kept(sampler, 100'000, 1us);
  EXPECT_GT(count, 9'400U);  // six standard deviations
  EXPECT_LT(count, 10'600U);
}

TEST(Sampler, DecidesAlikeWhereverItIsAsked) {
  Sampler here({.rate = 0, .share = 0.5});
  Sampler there({.rate = 0, .share = 0.5});
  for (int i = 0; i < 1000; ++i) {
    const auto trace = TraceContext::root();
    EXPECT_EQ(here.keep(trace, kStart), there.keep(trace, kStart + 1h));
  }
}

TEST(Sampler, TakesTheEndsOfItsRange) {
  Sampler all({.rate = 0, .share = 1});
  Sampler none({.rate = 0, .share = 0});
  Sampler slow({.rate = 0.1, .share = 0});
  EXPECT_EQ(kept(all, 1000, 0ns), 1000U);
  EXPECT_EQ(kept(none, 1000, 1s), 0U);
  EXPECT_EQ(kept(slow, 100, 1s), 10U) << "one in ten seconds";
}

}  // namespace
}  // namespace pim::telemetry
