#include "load/scenario/pick.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "load/run/operation.h"
#include "load/scenario/chi_square_testing.h"

namespace pim::load {
namespace {

Scenario picking() {
  Scenario scenario;
  scenario.seed = 42;
  scenario.mix = {{kWrite, 30},
                  {operation_of("get-chart"), 50},
                  {operation_of("list-bills"), 15},
                  {operation_of("get-census"), 5}};
  scenario.data.patients = 200;
  return scenario;
}

TEST(Pick, OperationsComeByTheirWeights) {
  const Scenario scenario = picking();
  const Picker picker(scenario);
  std::vector<std::uint64_t> by_operation(kOperations.size());
  for (std::uint64_t i = 0; i < 100'000; ++i) ++by_operation[picker.pick(i).operation];
  std::vector<std::uint64_t> counts;
  std::vector<double> expected;
  for (const auto& entry : scenario.mix) {
    counts.push_back(by_operation[entry.operation]);
    expected.push_back(entry.weight * 1000);
  }
  EXPECT_LT(std::abs(chi_square_sigmas(counts, expected)), 4);
}

TEST(Pick, PatientsComeByZipfsLaw) {
  Scenario scenario = picking();
  scenario.mix = {{operation_of("get-chart"), 1}};
  scenario.data.zipf = 0.9;
  const Picker picker(scenario);
  std::vector<std::uint64_t> counts(200);
  for (std::uint64_t i = 0; i < 100'000; ++i) ++counts[picker.pick(i).patient];
  std::vector<double> expected(200);
  double sum = 0;
  for (std::size_t k = 0; k < 200; ++k) sum += expected[k] = std::pow(k + 1, -0.9);
  for (double& each : expected) each *= 100'000 / sum;
  EXPECT_LT(std::abs(chi_square_sigmas(counts, expected)), 4);
}

TEST(Pick, HotPatientsGetTheirShareAlike) {
  Scenario scenario = picking();
  scenario.data.hot = {4, 0.4};
  const Picker picker(scenario);
  std::vector<std::uint64_t> counts(5);  // of each hot patient, and of all the others
  std::uint64_t of_patients = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const Pick pick = picker.pick(i);
    if (kOperations[pick.operation].name == "get-census") {
      EXPECT_FALSE(pick.hot);
      continue;
    }
    ++of_patients;
    EXPECT_EQ(pick.hot, pick.patient < 4);
    EXPECT_LT(pick.patient, 200U);
    ++counts[std::min(pick.patient, 4U)];
  }
  const auto all = static_cast<double>(of_patients);
  const std::vector<double> expected = {all * 0.1, all * 0.1, all * 0.1, all * 0.1, all * 0.6};
  EXPECT_LT(std::abs(chi_square_sigmas(counts, expected)), 4);
}

TEST(Pick, ANumberHasItsPickWhateverWasPickedBefore) {
  const Scenario scenario = picking();
  const Picker picker(scenario);
  for (const std::uint64_t number : {7U, 3U, 7U}) {
    const Pick pick = picker.pick(number);
    const Pick again = Picker(scenario).pick(number);
    EXPECT_EQ(pick.operation, again.operation);
    EXPECT_EQ(pick.patient, again.patient);
  }
}

}  // namespace
}  // namespace pim::load
