#include "data/generate/plan.h"

#include <algorithm>
#include <string_view>

#include "domain/ids.h"

namespace pim::data::generate {
namespace {

// Synthea's 68 encounters a patient and 39 a provider.
constexpr std::uint64_t kProvidersPerThousand = 1744;
// Aliases have six digits.
constexpr std::uint64_t kMaxProviders = 1'000'000;
constexpr std::uint64_t kMinProviders = 12;
constexpr std::uint64_t kProvidersAnArea = 512;

constexpr std::uint64_t kMaxPatients = 1'000'000'000;
constexpr std::int64_t kFirstDay = 0;      // 1970-01-01
constexpr std::int64_t kLastDay = 84'000;  // within 2199
constexpr std::int64_t kShortest = 28;     // days
constexpr std::uint32_t kMostEncounters = 10'000'000;

std::string date_of(std::int64_t day) {
  return UtcMillis{day * 86'400'000}.to_string().substr(0, 10);
}

}  // namespace

std::string problem_of(const Plan& plan) {
  if (plan.patients == 0 || plan.patients > kMaxPatients) {
    return "patients must be 1 to " + std::to_string(kMaxPatients);
  }
  if (plan.from_day < kFirstDay || plan.to_day > kLastDay) {
    return "the calendar must lie within 1970 and 2199";
  }
  if (plan.to_day - plan.from_day < kShortest) {
    return "the calendar must have at least " + std::to_string(kShortest) + " days";
  }
  if (plan.hot_patients > plan.patients) return "more hot patients than patients";
  if (plan.hot_encounters == 0 || plan.hot_encounters > kMostEncounters) {
    return "a hot patient has 1 to " + std::to_string(kMostEncounters) + " encounters";
  }
  if (!(plan.skew >= 0 && plan.skew <= 2)) return "the skew must be 0 to 2";
  return {};
}

std::string command_of(const Plan& plan, std::string_view format) {
  std::string command = "pim data generate --patients " + std::to_string(plan.patients) +
                        " --seed " + std::to_string(plan.seed) + " --from " +
                        date_of(plan.from_day) + " --to " + date_of(plan.to_day);
  if (plan.hot_patients > 0) {
    command += " --hot-patients " + std::to_string(plan.hot_patients) + " --hot-encounters " +
               std::to_string(plan.hot_encounters);
  }
  if (plan.skew != 1) command += " --skew " + std::to_string(plan.skew);
  return command + " --format " + std::string(format);
}

Areas::Areas(std::uint64_t patients)
    : providers_(std::clamp(patients * kProvidersPerThousand / 1000, kMinProviders, kMaxProviders)),
      areas_(std::max<std::uint64_t>(1, providers_ / kProvidersAnArea)) {}

std::uint64_t Areas::area_of_provider(std::uint64_t provider) const {
  auto area =
      static_cast<std::uint64_t>(static_cast<unsigned __int128>(provider) * areas_ / providers_);
  while (first_provider(area + 1) <= provider) ++area;
  while (first_provider(area) > provider) --area;
  return area;
}

}  // namespace pim::data::generate
