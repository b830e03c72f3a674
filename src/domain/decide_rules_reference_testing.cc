#include <vector>

#include "domain/decide_rules_testing.h"

namespace pim::domain_testing {

std::vector<Rule> reference_rules() {
  const auto provider_at = [](unsigned facility) {
    return with(register_provider(), [&](auto& c) { c.facility_id = facility_id(facility); });
  };
  const auto move_to = [](unsigned facility) {
    return with(AmendProvider{}, [&](auto& c) { c.facility_id = facility_id(facility); });
  };
  const auto admit_by = [](unsigned provider, unsigned facility) {
    return with(admit(), [&](auto& c) {
      c.provider_id = provider_id(provider);
      c.facility_id = facility_id(facility);
    });
  };
  const auto transfer_to = [](unsigned facility) {
    return TransferEncounter{encounter_id(), {}, facility_id(facility), hour(10)};
  };
  const auto procedure_by = [](unsigned provider) {
    return with(record_procedure(), [&](auto& c) { c.provider_id = provider_id(provider); });
  };
  const auto prescribed_by = [](unsigned provider) {
    return with(prescribe(), [&](auto& c) { c.provider_id = provider_id(provider); });
  };
  const AmendProvider cardiologist{Specialty::cardiology, {}};
  const AmendFacility smaller{{}, 20};
  const RetireProvider retire_provider{code<Reason>("left")};
  const RetireFacility retire_facility{code<Reason>("closed")};
  const Commands provider{register_provider()};
  const Commands facility{register_facility()};
  return {
      {"a provider registers at a known facility",
       no::facility_unknown,
       {{}, provider_at(7)},
       {{}, provider_at(1)}},
      {"a provider registers at an active facility",
       no::facility_retired,
       {{}, provider_at(9)},
       {{}, provider_at(2)}},
      {"a provider moves to a known facility",
       no::facility_unknown,
       {provider, move_to(7)},
       {provider, move_to(2)}},
      {"a provider moves to an active facility",
       no::facility_retired,
       {provider, move_to(9)},
       {provider, move_to(2)}},
      {"a provider's amendment changes something",
       no::nothing_to_change,
       {provider, AmendProvider{}},
       {provider, cardiologist}},
      {"a retired provider is not amended",
       no::provider_retired,
       {provider + Commands{retire_provider}, cardiologist},
       {provider, cardiologist}},
      {"a provider retires once",
       no::provider_retired,
       {provider + Commands{retire_provider}, retire_provider},
       {provider, retire_provider}},
      {"a facility's amendment changes something",
       no::nothing_to_change,
       {facility, AmendFacility{{}, 120}},
       {facility, smaller}},
      {"a retired facility is not amended",
       no::facility_retired,
       {facility + Commands{retire_facility}, smaller},
       {facility, smaller}},
      {"a facility retires once",
       no::facility_retired,
       {facility + Commands{retire_facility}, retire_facility},
       {facility, retire_facility}},
      {"an admission names a known provider",
       no::provider_unknown,
       {registered(), admit_by(7, 1)},
       {registered(), admit_by(1, 1)}},
      {"an admission names an active provider",
       no::provider_retired,
       {registered(), admit_by(9, 1)},
       {registered(), admit_by(2, 1)}},
      {"an admission names a known facility",
       no::facility_unknown,
       {registered(), admit_by(1, 7)},
       {registered(), admit_by(1, 2)}},
      {"an admission names an active facility",
       no::facility_retired,
       {registered(), admit_by(1, 9)},
       {registered(), admit_by(1, 3)}},
      {"a transfer names a known provider",
       no::provider_unknown,
       {admitted(), transfer(7)},
       {admitted(), transfer(2)}},
      {"a transfer names an active provider",
       no::provider_retired,
       {admitted(), transfer(9)},
       {admitted(), transfer(3)}},
      {"a transfer names a known facility",
       no::facility_unknown,
       {admitted(), transfer_to(7)},
       {admitted(), transfer_to(2)}},
      {"a transfer names an active facility",
       no::facility_retired,
       {admitted(), transfer_to(9)},
       {admitted(), transfer_to(2)}},
      {"a procedure names a known provider",
       no::provider_unknown,
       {admitted(), procedure_by(7)},
       {admitted(), procedure_by(2)}},
      {"a procedure names an active provider",
       no::provider_retired,
       {admitted(), procedure_by(9)},
       {admitted(), procedure_by(2)}},
      {"a prescription names a known provider",
       no::provider_unknown,
       {admitted(), prescribed_by(7)},
       {admitted(), prescribed_by(2)}},
      {"a prescription names an active provider",
       no::provider_retired,
       {admitted(), prescribed_by(9)},
       {admitted(), prescribed_by(2)}},
  };
}

}  // namespace pim::domain_testing
