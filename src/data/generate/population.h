// Patients and their encounters: how many, when, of which class, with how many entries. All of it
// follows from the index of the patient and the number of the encounter.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "data/generate/calendar.h"
#include "data/generate/code_picker.h"
#include "data/generate/deck.h"
#include "data/generate/network.h"
#include "data/generate/plan.h"
#include "data/generate/quantile_table.h"
#include "data/generate/stays.h"
#include "data/generate/strata.h"

namespace pim::data::generate {

struct Person {
  std::uint64_t index = 0;
  std::uint32_t encounters = 0;
  std::int64_t birth_day = 0;    // days since 1970
  std::uint32_t birth_year = 0;  // as recorded: 90 and above is 90
  Sex sex = Sex::unknown;
  std::uint32_t deceased_year = 0;  // 0: alive at the calendar's end
  std::int64_t end_seconds = 0;     // of life or calendar
  std::uint64_t area = 0;
  Location home;
  std::array<std::uint8_t, 3> chronic{};  // conditions
  std::uint8_t chronic_count = 0;
  Stays stays;

  // On the calendar's scale: the first place, and from one encounter to the next, in 2^-16.
  std::uint64_t first_place = 0;
  std::uint64_t step = 0;

  bool female() const { return sex == Sex::female; }
};

struct Visit {
  Instant admitted;
  EncounterClass encounter_class = EncounterClass::ambulatory;
  std::uint8_t band = 0;  // of age

  std::size_t class_index() const { return static_cast<std::size_t>(encounter_class); }
};

// How many entries an encounter has, and what it costs.
struct Extent {
  std::uint32_t diagnoses = 0;
  std::uint32_t procedures = 0;
  std::uint32_t medications = 0;
  std::uint64_t total_cents = 0;
};

class Population {
 public:
  explicit Population(const Plan& plan);

  const Plan& plan() const { return plan_; }
  const Calendar& calendar() const { return calendar_; }
  const Network& network() const { return network_; }

  Person person(std::uint64_t index) const;
  // `number` from 0; times ascend with it.
  Visit visit(const Person& person, std::uint32_t number) const;
  Extent extent(const Person& person, const Visit& visit, std::uint32_t number) const;
  // When it ends: before the patient's next inpatient stay begins, and with life. 0: after the
  // calendar, so it is still open.
  std::int64_t discharge(const Person& person, const Visit& visit, std::uint32_t number,
                         std::uint32_t bits) const;

 private:
  bool is_hot(std::uint64_t index) const;
  std::uint32_t encounters_at(std::uint32_t rank) const;
  std::uint32_t age_rank(Card card) const;
  std::uint64_t stays_before(std::uint64_t card) const;
  Stays stays_of(std::uint64_t card, std::uint32_t encounters) const;
  bool is_stay(const Person& person, std::uint32_t number) const;
  std::uint32_t stay_in(const Person& person, std::uint32_t stretch) const;
  std::uint32_t stay_seconds(const Person& person, std::uint32_t stretch) const;
  std::uint8_t band_on(const Person& person, std::int64_t day) const;

  Plan plan_;
  Calendar calendar_;
  Network network_;
  ChronicPicker chronic_;

  QuantileTable ages_;
  QuantileTable encounters_;
  Strata<kAgeBands> age_by_encounters_;
  Strata<kAgeBands> class_by_age_;
  CountTable diagnoses_;
  CountTable procedures_;
  CountTable medications_;
  Strata<kClasses> diagnoses_by_class_;
  Strata<kClasses> procedures_by_class_;
  Strata<kClasses> medications_by_class_;
  static constexpr std::size_t kCosts = 7;
  Strata<kCosts> cost_by_extent_;
  QuantileTable claims_;
  QuantileTable stays_;

  Deck patients_;  // a suit an area, so that areas are as alike as populations are
  std::vector<std::uint64_t> stays_up_to_;  // of the average patient, in 2^-32, by part of the deck
  Deck all_stays_;
};

}  // namespace pim::data::generate
