#include "data/generate/population.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "domain/calendar.h"

namespace pim::data::generate {
namespace {

// The marginals: Synthea's quantiles (src/data/profile/reference.cc), with what lies between chosen
// so that the means come out too.
constexpr auto kEncounters = std::to_array<Knot>(
    {{0, 4}, {0.25, 24}, {0.5, 42}, {0.75, 69}, {0.9, 100}, {0.95, 255}, {0.99, 730}, {1, 761}});
constexpr double kMedianEncounters = 42;
constexpr auto kDiagnoses = std::to_array<Knot>(
    {{0.66, 0}, {0.86, 1}, {0.94, 2}, {0.976, 3}, {0.994, 4}, {0.997, 5}, {1, 10}});
constexpr auto kProcedureCounts = std::to_array<Knot>({{0.48, 0},
                                                       {0.71, 1},
                                                       {0.79, 2},
                                                       {0.845, 3},
                                                       {0.888, 4},
                                                       {0.93, 5},
                                                       {0.95, 6},
                                                       {0.972, 8},
                                                       {0.9865, 10},
                                                       {0.9915, 11},
                                                       {0.9935, 12},
                                                       {0.998, 20},
                                                       {0.9994, 40},
                                                       {1, 155}});
constexpr auto kMedications = std::to_array<Knot>({{0.56, 0},
                                                   {0.82, 1},
                                                   {0.92, 2},
                                                   {0.955, 3},
                                                   {0.98, 4},
                                                   {0.992, 5},
                                                   {0.9965, 8},
                                                   {0.9995, 20},
                                                   {1, 45}});
constexpr auto kClaims = std::to_array<Knot>({{0, 40},
                                              {0.25, 270},
                                              {0.5, 841},
                                              {0.75, 2080},
                                              {0.9, 9513},
                                              {0.95, 12'700},
                                              {0.99, 22'945},
                                              {0.999, 60'000},
                                              {0.9999, 200'000},
                                              {1, 894'088}});
constexpr auto kStayHours = std::to_array<Knot>(
    {{0, 4}, {0.25, 13}, {0.5, 24}, {0.75, 72}, {0.9, 192}, {0.99, 480}, {1, 1440}});
// Years at the calendar's end, straight between knots (a knot of 0 makes the first piece straight).
constexpr auto kAges = std::to_array<Knot>({{0, 0},
                                            {0.06, 5},
                                            {0.22, 18},
                                            {0.36, 30},
                                            {0.5, 39},
                                            {0.64, 50},
                                            {0.78, 61},
                                            {0.83, 65},
                                            {0.9, 72},
                                            {0.96, 81},
                                            {1, 101}});

// Of patients, by band of age at the end.
constexpr std::array<Stratum, kAgeBands> kAgeByEncounters = {
    {{0.06, 0.4}, {0.16, 0.4}, {0.292, 0.3}, {0.318, 0.3}, {0.17, 0.4}}};
// Of two patients with as many encounters, who has the stay in hospital: by band of age at the end.
constexpr std::array<std::uint32_t, kAgeBands> kStaysByAge = {3, 2, 4, 4, 12};
// Of encounters, by band of age at the time: the older, the graver the class.
constexpr std::array<Stratum, kAgeBands> kClassByAge = {
    {{0.05, 0.2}, {0.13, 0.15}, {0.28, 0.05}, {0.33, 0.1}, {0.21, 0.2}}};

// Of encounters, by class in the order of kGravity.
constexpr std::array<Stratum, kClasses> by_gravity(std::array<double, kClasses> pulls) {
  std::array<Stratum, kClasses> strata{};
  for (std::size_t i = 0; i < kClasses; ++i) strata[i] = {kClassShares[kGravity[i]], pulls[i]};
  return strata;
}
// The place of each class in kGravity.
constexpr std::array<std::size_t, kClasses> kGravityOf = [] {
  std::array<std::size_t, kClasses> places{};
  for (std::size_t i = 0; i < kClasses; ++i) places[kGravity[i]] = i;
  return places;
}();

// What a bill leans on: the number of procedures, and before that the two grave classes.
constexpr std::array<Stratum, 7> kCostByExtent = {{{0.475, 0.5},
                                                   {0.227, 0.5},
                                                   {0.133, 0.5},
                                                   {0.103, 0.6},
                                                   {0.023, 0.7},
                                                   {0.033, 0.8},
                                                   {0.006, 1}}};
std::size_t cost_stratum(const Visit& visit, std::uint32_t procedures) {
  if (visit.encounter_class == EncounterClass::inpatient) return 6;
  if (visit.encounter_class == EncounterClass::emergency) return 5;
  if (procedures <= 1) return procedures;
  if (procedures <= 3) return 2;
  return procedures <= 6 ? 3 : 4;
}

// Minutes that a visit takes: at least, and how many more there may be.
struct Minutes {
  std::uint32_t least;
  std::uint32_t more;
};
constexpr std::array<Minutes, kClasses> kMinutes = {
    {{12, 40}, {20, 40}, {30, 180}, {25, 110}, {70, 500}, {0, 0}}};

// Chances of dying within the calendar, in thousand, a year, by band of age.
constexpr std::array<std::uint32_t, kAgeBands> kDeaths = {1, 1, 1, 4, 30};

constexpr auto kStayClass = static_cast<std::size_t>(EncounterClass::inpatient);
// For an hour at which a stay begins: one in 25 is taken.
constexpr std::uint32_t kHourTries = 64;

constexpr double kDaysAYear = 365.2425;
constexpr std::uint32_t kOldestRecorded = 90;

std::vector<Knot> skewed(double skew) {
  std::vector<Knot> knots(kEncounters.begin(), kEncounters.end());
  for (Knot& knot : knots) {
    knot.value = kMedianEncounters * std::pow(knot.value / kMedianEncounters, skew);
  }
  return knots;
}

constexpr std::uint32_t kEncounterScale = 256;
constexpr std::uint8_t kPatientCards = 0;
constexpr std::uint8_t kStayCards = 1;

// Of all encounters, in 2^-32.
std::uint64_t stay_share() {
  double all = 0;
  for (const double share : kClassShares) all += share;
  return static_cast<std::uint64_t>(std::llround(std::ldexp(kClassShares[kStayClass] / all, 32)));
}

// Stays of the average patient with the lowest 1, 2, ... 4096 parts of all encounters.
constexpr unsigned kPartBits = 12;
std::vector<std::uint64_t> cumulated(const QuantileTable& encounters) {
  std::vector<std::uint64_t> sums = {0};
  for (std::uint32_t part = 0; part < 1U << kPartBits; ++part) {
    const std::uint32_t middle = (2 * part + 1) << (31 - kPartBits);
    sums.push_back(sums.back() +
                   (encounters(middle) * stay_share() / kEncounterScale >> kPartBits));
  }
  return sums;
}

int year_on(std::int64_t day) { return year_of(UtcMillis{day * 86'400'000}); }

constexpr double kAgeScale = 1 << 20;

}  // namespace

Population::Population(const Plan& plan)
    : plan_(plan),
      calendar_(plan.from_day, plan.to_day),
      network_(plan),
      ages_(kAges, kAgeScale),
      encounters_(skewed(plan.skew), kEncounterScale),
      age_by_encounters_(kAgeByEncounters),
      class_by_age_(kClassByAge),
      diagnoses_(kDiagnoses),
      procedures_(kProcedureCounts),
      medications_(kMedications),
      diagnoses_by_class_(by_gravity({0.5, 0.3, 0.3, 0.6, 0.8, 1})),
      procedures_by_class_(by_gravity({0.2, 0.2, 0.3, 0.3, 0.6, 1})),
      medications_by_class_(by_gravity({0.5, 0.3, 0.3, 0.5, 0.7, 1})),
      cost_by_extent_(kCostByExtent),
      claims_(kClaims, 100),
      stays_(kStayHours, 3600),
      patients_(plan.seed, kPatientCards, plan.patients, network_.areas().areas()),
      stays_up_to_(cumulated(encounters_)),
      all_stays_(plan.seed, kStayCards, std::max<std::uint64_t>(1, stays_before(plan.patients)),
                 1) {}

bool Population::is_hot(std::uint64_t index) const {
  if (plan_.hot_patients == 0) return false;
  const std::uint64_t distance = plan_.patients / plan_.hot_patients;
  return index % distance == 0 && index / distance < plan_.hot_patients;
}

std::uint32_t Population::encounters_at(std::uint32_t rank) const {
  return std::max<std::uint32_t>(1, (encounters_(rank) + kEncounterScale / 2) / kEncounterScale);
}

// Age and encounters lean on each other: either leads to the other in the same way.
std::uint32_t Population::age_rank(Card card) const {
  return age_by_encounters_(age_by_encounters_.at(card.first), card.second);
}

std::uint64_t Population::stays_before(std::uint64_t card) const {
  const auto place =
      static_cast<std::uint64_t>((static_cast<unsigned __int128>(card) << 32) / plan_.patients);
  const std::uint64_t part = place >> (32 - kPartBits);
  std::uint64_t sum = stays_up_to_[part];
  if (part + 1 < stays_up_to_.size()) {
    const std::uint64_t rest = place & ((std::uint64_t{1} << (32 - kPartBits)) - 1);
    sum += (stays_up_to_[part + 1] - sum) * rest >> (32 - kPartBits);
  }
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(sum) * plan_.patients >> 32);
}

// Two neighbours in the deck have as many encounters each, and share their stays by age.
Stays Population::stays_of(std::uint64_t card, std::uint32_t encounters) const {
  const std::uint64_t lower = card & ~std::uint64_t{1};
  const std::uint64_t first = stays_before(lower);
  const std::uint64_t both = stays_before(std::min(lower + 2, plan_.patients)) - first;
  const auto weight = [&](std::uint64_t number) {
    return kStaysByAge[age_by_encounters_.at(age_rank(patients_.card(number)))];
  };
  const std::uint64_t own = weight(lower);
  const std::uint64_t all = lower + 1 < plan_.patients ? own + weight(lower + 1) : own;
  const std::uint32_t dice = high(draw(plan_.seed, Purpose::stay, lower, 0, 0, 1).first);
  const std::uint64_t of_lower = std::min(both, ((both * own << 32) / all + dice) >> 32);
  return card == lower ? Stays(first, of_lower, encounters)
                       : Stays(first + of_lower, both - of_lower, encounters);
}

std::uint8_t Population::band_on(const Person& person, std::int64_t day) const {
  const auto lived = static_cast<double>(day - person.birth_day);
  std::uint8_t band = kAgeBands - 1;
  while (band > 0 && lived < kBandStarts[band] * kDaysAYear) --band;
  return band;
}

Person Population::person(std::uint64_t index) const {
  const Block life = draw(plan_.seed, Purpose::patient, index, 0, 0, 0);
  const std::uint64_t number = patients_.number_of(index);
  const Card card = patients_.card(number);
  const Block place = draw(plan_.seed, Purpose::patient, index, 0, 0, 1);
  const Block more = draw(plan_.seed, Purpose::patient, index, 0, 0, 2);
  Person person;
  person.index = index;
  person.area = patients_.suit_of(number);
  person.home = network_.home(person.area, place);

  const std::uint32_t sex = below(1000, low(place.second));
  person.sex = sex < 506   ? Sex::female
               : sex < 995 ? Sex::male
               : sex < 998 ? Sex::other
                           : Sex::unknown;

  const double age = ages_(age_rank(card)) / kAgeScale;
  const std::int64_t last_birth = plan_.to_day - 14;  // time for a first visit
  person.birth_day =
      std::min(plan_.to_day - static_cast<std::int64_t>(age * kDaysAYear), last_birth);
  const int present = year_on(plan_.to_day);
  person.birth_year = static_cast<std::uint32_t>(
      std::max(year_on(person.birth_day), present - int{kOldestRecorded}));

  // Years of this calendar at risk; who dies does so at its own day.
  std::int64_t first_day = std::max(plan_.from_day, person.birth_day);
  std::int64_t end_day = plan_.to_day;
  const std::uint8_t band = band_on(person, plan_.to_day);
  const auto at_risk = static_cast<std::uint32_t>(end_day - first_day);
  const std::uint64_t thousandths = std::uint64_t{kDeaths[band]} * at_risk / 365;
  if (below(1000, low(life.first)) < thousandths && at_risk > 14) {
    end_day = first_day + 7 + below(at_risk - 14, high(life.second));
    person.deceased_year = static_cast<std::uint32_t>(year_on(end_day - 1));
  }
  person.end_seconds = end_day * 86'400 - 1;

  if (is_hot(index)) {
    person.encounters = plan_.hot_encounters;
    person.stays = Stays(number, person.encounters * stay_share() >> 32, person.encounters);
  } else {
    person.encounters = encounters_at(card.first);
    person.stays = stays_of(number, person.encounters);
  }
  const auto day_of = [&](std::int64_t day) {
    return static_cast<std::uint32_t>(day - calendar_.from_day());
  };
  person.first_place = calendar_.start_of(day_of(first_day));
  person.step =
      ((calendar_.start_of(day_of(end_day)) - person.first_place) << 16) / person.encounters;

  // Nothing chronic in small children; more of it with age.
  const std::uint32_t dice = below(100, high(life.first));
  constexpr std::array<std::array<std::uint8_t, 3>, kAgeBands> kAtLeast = {
      {{0, 0, 0}, {15, 0, 0}, {35, 8, 0}, {75, 40, 12}, {95, 75, 45}}};
  const std::array<std::uint32_t, 3> draws = {high(more.first), low(more.first), high(more.second)};
  for (std::size_t i = 0; i < draws.size() && dice < kAtLeast[band][i]; ++i) {
    const std::uint8_t condition = chronic_(band, person.female(), draws[i]);
    const auto* const end = person.chronic.begin() + person.chronic_count;
    if (condition == ChronicPicker::kNone ||
        std::find(person.chronic.cbegin(), end, condition) != end) {
      continue;
    }
    person.chronic[person.chronic_count++] = condition;
  }
  return person;
}

Visit Population::visit(const Person& person, std::uint32_t number) const {
  Block bits = draw(plan_.seed, Purpose::visit, person.index, number);
  const bool stay = is_stay(person, number);
  Visit visit;
  visit.encounter_class = stay ? EncounterClass::inpatient : EncounterClass::emergency;
  // until the hour suits the class
  for (std::uint32_t i = 1; i <= kHourTries; ++i) {
    const auto within = static_cast<std::uint64_t>(
        static_cast<unsigned __int128>(person.step) * high(bits.first) >> 32);
    visit.admitted = calendar_.at(person.first_place + ((number * person.step + within) >> 16));
    visit.band = band_on(person, calendar_.from_day() + visit.admitted.day);
    if (stay) {
      if (calendar_.begins_stay(visit.admitted, low(bits.first))) break;
    } else {
      const std::uint32_t rank = class_by_age_(visit.band, low(bits.first), high(bits.second));
      const std::size_t drawn = calendar_.class_at(visit.admitted, rank);
      if (drawn != kStayClass) {
        visit.encounter_class = static_cast<EncounterClass>(drawn);
        break;
      }
    }
    bits = draw(plan_.seed, Purpose::visit, person.index, number, i);
  }
  return visit;
}

bool Population::is_stay(const Person& person, std::uint32_t number) const {
  return person.stays.count() > 0 && stay_in(person, person.stays.stretch_of(number)) == number;
}

// The number of the encounter.
std::uint32_t Population::stay_in(const Person& person, std::uint32_t stretch) const {
  const Block bits = draw(plan_.seed, Purpose::stay, person.index, stretch);
  return person.stays.encounter_in(stretch, high(bits.first));
}

Extent Population::extent(const Person& person, const Visit& visit, std::uint32_t number) const {
  const Block first = draw(plan_.seed, Purpose::encounter, person.index, number, 0, 0);
  const Block second = draw(plan_.seed, Purpose::encounter, person.index, number, 0, 1);
  const std::size_t gravity = kGravityOf[visit.class_index()];
  // The choices need few bits: two to a word.
  const auto choice = [](std::uint32_t bits, bool upper) {
    return upper ? bits & 0xFFFF0000 : bits << 16;
  };
  Extent extent;
  extent.diagnoses = diagnoses_(
      diagnoses_by_class_(gravity, high(first.first), choice(high(second.second), true)));
  extent.procedures = procedures_(
      procedures_by_class_(gravity, low(first.first), choice(high(second.second), false)));
  extent.medications = medications_(
      medications_by_class_(gravity, high(first.second), choice(low(second.second), true)));
  extent.total_cents =
      claims_(cost_by_extent_(cost_stratum(visit, extent.procedures), low(first.second),
                              choice(low(second.second), false)));
  return extent;
}

std::uint32_t Population::stay_seconds(const Person& person, std::uint32_t stretch) const {
  const std::uint64_t stay = person.stays.number_of(stretch) % all_stays_.cards();
  return stays_(all_stays_.card(all_stays_.number_of(stay)).first);
}

std::int64_t Population::discharge(const Person& person, const Visit& visit, std::uint32_t number,
                                   std::uint32_t bits) const {
  const std::int64_t admitted = visit.admitted.seconds;
  if (visit.encounter_class != EncounterClass::inpatient) {
    const Minutes minutes = kMinutes[visit.class_index()];
    const std::int64_t end =
        admitted + std::int64_t{60} * (minutes.least + below(minutes.more, bits));
    if (person.deceased_year != 0) return std::min(end, person.end_seconds);
    return end > person.end_seconds ? 0 : end;
  }
  const std::uint32_t stretch = person.stays.stretch_of(number);
  std::int64_t end = admitted + stay_seconds(person, stretch);
  if (person.deceased_year != 0) end = std::min(end, person.end_seconds);
  if (stretch + 1 < person.stays.count()) {
    const Visit next = this->visit(person, stay_in(person, stretch + 1));
    if (next.admitted.seconds < end) return next.admitted.seconds;
  }
  return end > person.end_seconds ? 0 : end;
}

}  // namespace pim::data::generate
