// Thousands of simulated lives of the spine, each judged by the sequential model.
//
//   PIM_SEED=n     this seed alone
//   PIM_SEEDS=n    so many seeds
//   PIM_NIGHTLY=1  200,000 seeds (20,000 under a sanitizer)
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "spine/simulation_testing.h"
#include "store/planted_testing.h"

namespace pim::spine {
namespace {

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 1'000;  // each is some twenty times slower
#else
constexpr std::uint64_t kSeeds = 10'000;
#endif

std::uint64_t seeds() {
  if (const auto wanted = number_from("PIM_SEEDS")) return *wanted;
  return number_from("PIM_NIGHTLY").value_or(0) != 0 ? 20 * kSeeds : kSeeds;
}

std::string how_to_repeat(std::uint64_t seed) {
  return "repeat with PIM_SEED=" + std::to_string(seed) +
         " spine_test --gtest_filter=Simulation.EverySeedHolds";
}

TEST(Simulation, EverySeedHolds) {
  if (const auto seed = number_from("PIM_SEED")) {
    const SimulationResult result = simulate(*seed);
    EXPECT_EQ(result.violation, "") << result.history;
    return;
  }
  SimulationCoverage reached;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const SimulationResult result = simulate(seed);
    ASSERT_EQ(result.violation, "") << result.history << how_to_repeat(seed);
    reached.add(result.coverage);
    if (seed % 100 == 0) {
      ASSERT_EQ(simulate(seed).trace, result.trace) << "not deterministic: " << how_to_repeat(seed);
    }
  }
  // A run that meets no trouble proves nothing.
  for (std::size_t outcome = 0; outcome < reached.outcomes.size(); ++outcome) {
    EXPECT_GT(reached.outcomes[outcome], 0U) << "never met outcome " << outcome;
    RecordProperty("outcome_" + std::to_string(outcome), std::to_string(reached.outcomes[outcome]));
  }
  EXPECT_GT(reached.replayed, 0U);
  EXPECT_GT(reached.crashes, 0U);
  EXPECT_GT(reached.fences, 0U);
  EXPECT_GT(reached.unknown_batches, 0U);
  EXPECT_GT(reached.conflicts, 0U);
}

// Negative controls: the same checker on the same seeds must see each of these.
std::string first_violation(store::Bug bug, const std::string& of_kind) {
  const store::PlantedBug planted(bug);
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const std::string violation = simulate(seed).violation;
    if (violation.find(of_kind) != std::string::npos) return violation;
  }
  return {};
}

TEST(Simulation, CatchesAcknowledgingEarly) {
  EXPECT_NE(first_violation(store::Bug::ack_early, "acknowledged and lost"), "");
}
TEST(Simulation, CatchesLostDedupe) {
  EXPECT_NE(first_violation(store::Bug::lost_dedupe, "two receipts"), "");
}
TEST(Simulation, CatchesAnIgnoredFence) {
  EXPECT_NE(first_violation(store::Bug::ignore_fence, "behind the fence"), "");
}
TEST(Simulation, CatchesAnEventWithoutItsUser) {
  EXPECT_NE(first_violation(store::Bug::drop_user, "without its user"), "");
}

}  // namespace
}  // namespace pim::spine
