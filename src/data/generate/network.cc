#include "data/generate/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "domain/codes.h"

namespace pim::data::generate {
namespace {

// Encounters a provider: Synthea's quantiles, with what lies between chosen so that the mean comes
// out too. Chance scatters the loads around these, and leaves the quantiles where they are.
constexpr auto kLoads = std::to_array<Knot>({{0, 2},
                                             {0.25, 8.5},
                                             {0.5, 18},
                                             {0.75, 36},
                                             {0.9, 83},
                                             {0.95, 102},
                                             {0.97, 124},
                                             {0.99, 698},
                                             {1, 792}});

struct State {
  std::string_view code;
  std::uint16_t first_zip3;
  std::uint16_t last_zip3;
  double people;  // in 100,000, about 2020
};
constexpr auto kStates = std::to_array<State>({
    {"CA", 900, 961, 395}, {"TX", 750, 799, 291}, {"FL", 320, 349, 215}, {"NY", 100, 149, 202},
    {"PA", 150, 196, 130}, {"IL", 600, 629, 128}, {"OH", 430, 458, 118}, {"GA", 300, 319, 107},
    {"NC", 270, 289, 104}, {"MI", 480, 499, 101}, {"NJ", 70, 89, 93},    {"VA", 220, 246, 86},
    {"WA", 980, 994, 77},  {"AZ", 850, 865, 72},  {"MA", 10, 27, 70},    {"TN", 370, 385, 69},
    {"IN", 460, 479, 68},  {"MD", 206, 219, 62},  {"MO", 630, 658, 62},  {"WI", 530, 549, 59},
    {"CO", 800, 816, 58},  {"MN", 550, 567, 57},  {"SC", 290, 299, 51},  {"AL", 350, 369, 50},
    {"LA", 700, 714, 47},  {"KY", 400, 427, 45},  {"OR", 970, 979, 42},  {"OK", 730, 749, 40},
    {"CT", 60, 69, 36},    {"UT", 840, 847, 33},  {"IA", 500, 528, 32},  {"NV", 889, 898, 31},
    {"AR", 716, 729, 30},  {"MS", 386, 397, 30},  {"KS", 660, 679, 29},  {"NM", 870, 884, 21},
    {"NE", 680, 693, 20},  {"ID", 832, 838, 18},  {"WV", 247, 268, 18},  {"HI", 967, 968, 15},
    {"NH", 30, 38, 14},    {"ME", 39, 49, 14},    {"MT", 590, 599, 11},  {"RI", 28, 29, 11},
    {"DE", 197, 199, 10},  {"SD", 570, 577, 9},   {"ND", 580, 588, 8},   {"AK", 995, 999, 7},
    {"DC", 200, 205, 7},   {"VT", 50, 59, 6},     {"WY", 820, 831, 6},
});

std::array<double, AliasTable::kSlots> people() {
  std::array<double, AliasTable::kSlots> weights{};
  for (std::size_t i = 0; i < kStates.size(); ++i) weights[i] = kStates[i].people;
  return weights;
}

// What the pools have of all encounters, so that loads do not depend on the pool: by class, primary
// care split by age.
constexpr std::array<double, 6> kPoolShares = {0.585, 0.146, 0.16, 0.07, 0.033, 0.006};

// The facilities of an area, by number.
constexpr std::uint32_t kHospitals = 2;
constexpr std::uint32_t kUrgentCares = 3;
constexpr std::uint32_t kClinics = 12;
constexpr std::uint32_t kFirstClinic = kHospitals + kUrgentCares;

FacilityKind kind_of(std::uint32_t number) {
  if (number < kHospitals) return FacilityKind::hospital;
  if (number < kFirstClinic) return FacilityKind::urgent_care;
  if (number < kFirstClinic + kClinics) return FacilityKind::clinic;
  if (number == kFirstClinic + kClinics) return FacilityKind::laboratory;
  return number == kFirstClinic + kClinics + 1 ? FacilityKind::pharmacy
                                               : FacilityKind::skilled_nursing;
}

constexpr std::uint64_t kFirstFacilityNpi = 90'000'000;  // above all providers'

namespace staff {
using enum Specialty;
constexpr auto kFamilyDoctors =
    std::to_array<Specialty>({family_medicine, internal_medicine, family_medicine, nursing,
                              obstetrics_gynecology, internal_medicine, psychiatry});
constexpr auto kChildrensDoctors =
    std::to_array<Specialty>({pediatrics, pediatrics, family_medicine});
constexpr auto kSpecialists =
    std::to_array<Specialty>({cardiology, orthopedics, obstetrics_gynecology, psychiatry, radiology,
                              neurology, oncology, general_surgery, other, anesthesiology});
constexpr auto kUrgentDoctors =
    std::to_array<Specialty>({family_medicine, emergency_medicine, nursing});
constexpr auto kWardDoctors =
    std::to_array<Specialty>({internal_medicine, general_surgery, cardiology, orthopedics});
}  // namespace staff

}  // namespace

Network::Network(const Plan& plan)
    : seed_(plan.seed), areas_(plan.patients), loads_(kLoads), states_(people()) {
  for (int i = 0; i < 1000; ++i) {
    std::string text = std::to_string(i);
    text.insert(0, 3 - text.size(), '0');
    zip3_.emplace_back(Zip3::parse(text) ? text : "000");
  }
}

// Each pool has somebody, however small the area.
std::uint64_t Network::pool_start(std::uint64_t providers, std::size_t pool) {
  double before = 0;
  for (std::size_t i = 0; i < pool; ++i) before += kPoolShares[i];
  return pool +
         static_cast<std::uint64_t>(std::llround(static_cast<double>(providers - kPools) * before));
}

Specialty Network::specialty_of(Post post) {
  switch (post.pool) {
    case adults:
      return staff::kFamilyDoctors[post.slot % staff::kFamilyDoctors.size()];
    case children:
      return staff::kChildrensDoctors[post.slot % staff::kChildrensDoctors.size()];
    case specialists:
      return staff::kSpecialists[post.slot % staff::kSpecialists.size()];
    case urgent:
      return staff::kUrgentDoctors[post.slot % staff::kUrgentDoctors.size()];
    case emergency:
      return Specialty::emergency_medicine;
    case ward:
    case kPools:
      break;
  }
  return staff::kWardDoctors[post.slot % staff::kWardDoctors.size()];
}

bool Network::is_for_women(Post post) {
  return specialty_of(post) == Specialty::obstetrics_gynecology;
}

std::uint32_t Network::place_of_work(Post post) {
  const auto slot = static_cast<std::uint32_t>(post.slot);
  switch (post.pool) {
    case adults:
    case children:
      return kFirstClinic + slot % kClinics;
    case specialists:
      return slot % 3 == 0 ? slot / 3 % kHospitals : kFirstClinic + slot % kClinics;
    case urgent:
      return kHospitals + slot % kUrgentCares;
    case emergency:
    case ward:
    case kPools:
      break;
  }
  return slot % kHospitals;
}

Location Network::locate(std::size_t state, std::uint32_t bits) const {
  const State& where = kStates[state];
  const std::uint32_t areas = where.last_zip3 - where.first_zip3 + 1U;
  return {where.code, zip3_[where.first_zip3 + below(areas, bits)]};
}

std::size_t Network::state_of_area(std::uint64_t area) const {
  return states_(high(draw(seed_, Purpose::facility, area, 1).first));
}

Location Network::home(std::uint64_t area, Block bits) const {
  const std::size_t state =
      chance(90, high(bits.first)) ? state_of_area(area) : states_(low(bits.first));
  return locate(state, high(bits.second));
}

FacilityRow Network::facility(std::uint64_t index) const {
  const std::uint64_t area = index / Areas::kFacilities;
  const auto number = static_cast<std::uint32_t>(index % Areas::kFacilities);
  const Block bits = draw(seed_, Purpose::facility, index);
  FacilityRow row;
  row.facility_id = id_text(draw(seed_, Purpose::facility_id, index));
  row.npi = synthetic_npi(kFirstFacilityNpi + index);
  row.alias = static_cast<std::uint32_t>(index);
  row.kind = kind_of(number);
  const Location location = locate(state_of_area(area), high(bits.first));
  row.state = location.state;
  row.zip3 = location.zip3;
  if (row.kind == FacilityKind::hospital) row.beds = 80 + below(420, low(bits.first));
  if (row.kind == FacilityKind::skilled_nursing) row.beds = 40 + below(120, low(bits.first));
  return row;
}

ProviderRow Network::provider(std::uint64_t index) const {
  const std::uint64_t area = areas_.area_of_provider(index);
  const std::uint64_t first = areas_.first_provider(area);
  const std::uint64_t count = areas_.first_provider(area + 1) - first;
  std::size_t pool = kPools - 1;
  while (pool > 0 && pool_start(count, pool) > index - first) --pool;
  const Post post{static_cast<Pool>(pool), index - first - pool_start(count, pool)};
  ProviderRow row;
  row.provider_id = id_text(draw(seed_, Purpose::provider_id, index));
  row.npi = synthetic_npi(index);
  row.alias = static_cast<std::uint32_t>(index);
  row.specialty = specialty_of(post);
  row.facility_id =
      id_text(draw(seed_, Purpose::facility_id, area * Areas::kFacilities + place_of_work(post)));
  return row;
}

Network::Seen Network::see(std::uint64_t area, EncounterClass encounter_class, bool child,
                           bool female, std::uint32_t bits) const {
  Post post;
  switch (encounter_class) {
    case EncounterClass::ambulatory:
    case EncounterClass::wellness:
      post.pool = child ? children : adults;
      break;
    case EncounterClass::outpatient:
      post.pool = specialists;
      break;
    case EncounterClass::urgent_care:
      post.pool = urgent;
      break;
    case EncounterClass::emergency:
      post.pool = emergency;
      break;
    case EncounterClass::inpatient:
      post.pool = ward;
      break;
  }
  const std::uint64_t first = areas_.first_provider(area);
  const std::uint64_t count = areas_.first_provider(area + 1) - first;
  const std::uint64_t start = pool_start(count, post.pool);
  const std::uint64_t size =
      (post.pool + 1 == kPools ? count : pool_start(count, post.pool + 1U)) - start;
  post.slot = size * loads_(bits) >> 32;
  if (!female) {
    if (is_for_women(post)) post.slot -= 1 + (bits & 1);  // never one of a pool's first two
  } else if ((bits & 1) != 0) {
    // as many women come in return, so that nobody's load changes
    for (const std::uint64_t step : {1U, 2U}) {
      const Post other{post.pool, post.slot + step};
      if (other.slot < size && is_for_women(other)) post = other;
    }
  }
  const std::uint32_t work = place_of_work(post);
  return {first + start + post.slot, area * Areas::kFacilities + work, work < kHospitals};
}

}  // namespace pim::data::generate
