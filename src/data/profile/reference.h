// What the data should look like: one published sample of Synthea, 111 lifetime histories.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace pim::data::profile {

enum class Measure {
  encounters_per_patient,
  conditions_per_encounter,
  procedures_per_encounter,
  medications_per_encounter,
  encounters_per_provider,
  claim_dollars,
  inpatient_hours,
};
inline constexpr std::size_t kMeasures = 7;

// Not known: negative. `fewest`: among fewer of what is counted, chance moves even what the
// generator makes by more than the tolerance, so there is too little to judge.
struct ReferenceDistribution {
  Measure measure;
  std::string_view name;
  double mean;
  double p50;
  double p90;
  double p99;
  double max;
  std::uint64_t fewest;
  std::string_view counted;
  // With so many, p50 and p90 are not held, and why.
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::string_view exception = {};
};
std::span<const ReferenceDistribution> reference_distributions();

enum class Share {
  ambulatory,
  wellness,
  outpatient,
  urgent_care,
  emergency,
  inpatient,
  top_ten_conditions,
  top_ten_procedures,
  top_ten_medications,
  top_tenth_of_patients,
  hottest_patient,
};
inline constexpr std::size_t kShares = 11;

struct ReferenceShare {
  Share share;
  std::string_view name;
  double percent;
  std::uint64_t fewest;
  std::string_view counted;
  // Why it is shown but not held; empty where it is held.
  std::string_view exception = {};
};
std::span<const ReferenceShare> reference_shares();

// How far p50, p90 and the shares may be away.
inline constexpr double kTolerancePercent = 10;

}  // namespace pim::data::profile
