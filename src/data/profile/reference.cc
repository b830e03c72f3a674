#include "data/profile/reference.h"

#include <array>

namespace pim::data::profile {
namespace {

constexpr double kUnknown = -1;

constexpr auto kDistributions = std::to_array<ReferenceDistribution>({
    {Measure::encounters_per_patient, "encounters a patient", 68, 42, 100, 730, 761, 100,
     "patients"},
    {Measure::conditions_per_encounter, "conditions an encounter", 0.58, 0, 2, 4, 10, 10'000,
     "encounters"},
    {Measure::procedures_per_encounter, "procedures an encounter", 1.55, 1, 5, 11, 155, 10'000,
     "encounters"},
    {Measure::medications_per_encounter, "medications an encounter", 0.81, 0, 2, 5, 45, 10'000,
     "encounters"},
    {Measure::encounters_per_provider, "encounters a provider", 39, 18, 83, 698, 792, 1000,
     "providers", 1'000'000,
     "aliases have six digits: no more providers for however many patients"},
    {Measure::claim_dollars, "dollars a claim", 2889, 841, 9513, 22'945, 894'088, 10'000, "claims"},
    {Measure::inpatient_hours, "hours of an inpatient stay", kUnknown, 24, 192, kUnknown, kUnknown,
     100, "stays"},
});
static_assert(kDistributions.size() == kMeasures);

constexpr auto kReferenceShares = std::to_array<ReferenceShare>({
    {Share::ambulatory, "class ambulatory", 42, 20'000, "encounters"},
    {Share::wellness, "class wellness", 31, 20'000, "encounters"},
    {Share::outpatient, "class outpatient", 16, 20'000, "encounters"},
    {Share::urgent_care, "class urgent-care", 7, 50'000, "encounters"},
    {Share::emergency, "class emergency", 3.3, 50'000, "encounters"},
    {Share::inpatient, "class inpatient", 0.6, 20'000, "encounters"},
    {Share::top_ten_conditions, "ten commonest conditions", 73, 10'000, "conditions"},
    {Share::top_ten_procedures, "ten commonest procedures", 60, 10'000, "procedures"},
    {Share::top_ten_medications, "ten commonest medications", 77, 10'000, "medications"},
    {Share::top_tenth_of_patients, "top tenth of patients, of encounters", 45, 100, "patients"},
    {Share::hottest_patient, "hottest patient, of encounters", 10, 0, "patients",
     "one of 111 patients: no patient of many has that share, but by --hot-patients"},
});
static_assert(kReferenceShares.size() == kShares);

}  // namespace

std::span<const ReferenceDistribution> reference_distributions() { return kDistributions; }
std::span<const ReferenceShare> reference_shares() { return kReferenceShares; }

}  // namespace pim::data::profile
