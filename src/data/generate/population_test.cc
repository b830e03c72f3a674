// What is dealt to patients, not drawn: it must come out in every seed, for few patients too.
#include "data/generate/population.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace pim::data::generate {
namespace {

Plan plan_of(std::uint64_t patients, std::uint64_t seed) {
  Plan plan;
  plan.patients = patients;
  plan.seed = seed;
  return plan;
}

TEST(Population, HasTheSameEncountersInEverySeed) {
  for (const std::uint64_t patients : {1ULL, 7ULL, 500ULL}) {
    std::vector<std::uint32_t> before;
    for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
      const Population population(plan_of(patients, seed));
      std::vector<std::uint32_t> encounters(patients);
      for (std::uint64_t i = 0; i < patients; ++i) {
        encounters[i] = population.person(i).encounters;
      }
      if (patients == 500) {
        EXPECT_FALSE(std::ranges::is_sorted(encounters));
      }
      std::ranges::sort(encounters);
      EXPECT_TRUE(before.empty() || encounters == before)
          << "other patients have them, seed " << seed;
      before = encounters;
    }
  }
}

TEST(Population, HasSixStaysInAThousandEncounters) {
  for (const std::uint64_t patients : {301ULL, 2000ULL}) {
    for (const std::uint64_t seed : {1ULL, 2ULL}) {
      const Population population(plan_of(patients, seed));
      double encounters = 0;
      double stays = 0;
      double old_encounters = 0;
      double old_stays = 0;
      double at_night = 0;
      std::set<std::uint64_t> numbers;
      for (std::uint64_t i = 0; i < patients; ++i) {
        const Person person = population.person(i);
        std::uint32_t seen = 0;
        for (std::uint32_t number = 0; number < person.encounters; ++number) {
          const Visit visit = population.visit(person, number);
          const bool is_old = visit.band + 1 == kAgeBands;
          ++encounters;
          old_encounters += is_old ? 1 : 0;
          if (visit.encounter_class != EncounterClass::inpatient) continue;
          EXPECT_TRUE(numbers.insert(person.stays.number_of(seen++)).second) << "two have a card";
          ++stays;
          old_stays += is_old ? 1 : 0;
          const auto hour = visit.admitted.seconds / 3600 % 24;
          at_night += hour < 7 || hour >= 19 ? 1 : 0;
        }
        EXPECT_EQ(seen, person.stays.count());
      }
      EXPECT_NEAR(stays / encounters, 0.006, 0.0001) << patients << " patients, seed " << seed;
      EXPECT_EQ(*numbers.rbegin() + 1, numbers.size()) << "a card is nobody's";
      EXPECT_GT(old_stays / stays, 1.2 * old_encounters / encounters) << "the older, the graver";
      EXPECT_NEAR(at_night / stays, 0.36, 0.11) << "hospitals do not close";
    }
  }
}

// A hot patient's stays are in proportion.
TEST(Population, GivesHotPatientsStaysToo) {
  Plan plan = plan_of(50, 4);
  plan.hot_patients = 1;
  plan.hot_encounters = 20'000;
  const Population population(plan);
  const Person person = population.person(0);
  EXPECT_NEAR(person.stays.count(), 120, 1);
  std::uint32_t stays = 0;
  for (std::uint32_t number = 0; number < person.encounters; ++number) {
    const Visit visit = population.visit(person, number);
    stays += visit.encounter_class == EncounterClass::inpatient ? 1 : 0;
  }
  EXPECT_EQ(stays, person.stays.count());
}

// Men do not see obstetricians, and yet these have as much to do as their neighbours in the list.
TEST(Population, LetsNoDoctorWaitForWomenOnly) {
  const Population population(plan_of(300, 1));
  const Network& network = population.network();
  const auto is_for_women = [&](std::uint64_t provider) {
    return network.provider(provider).specialty == Specialty::obstetrics_gynecology;
  };
  for (const auto encounter_class : {EncounterClass::ambulatory, EncounterClass::outpatient}) {
    std::vector<int> loads(network.areas().providers());
    for (std::uint64_t i = 0; i < 200'000; ++i) {
      const bool female = i % 2 == 0;
      const auto seen =
          network.see(0, encounter_class, false, female, high(draw(1, Purpose::visit, i).second));
      ++loads[seen.provider];
      EXPECT_TRUE(female || !is_for_women(seen.provider));
    }
    std::vector<double> ratios;
    for (std::uint64_t provider = 2; provider + 2 < loads.size(); ++provider) {
      if (loads[provider] == 0 || !is_for_women(provider)) continue;
      ratios.push_back(2.0 * loads[provider] / (loads[provider - 2] + loads[provider + 1]));
    }
    ASSERT_GT(ratios.size(), 5U);
    std::ranges::sort(ratios);
    EXPECT_NEAR(ratios[ratios.size() / 2], 1, 0.15);
  }
}

}  // namespace
}  // namespace pim::data::generate
