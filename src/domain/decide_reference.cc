#include "domain/decide_parts.h"
#include "domain/rules.h"

namespace pim::decide_parts {
namespace {

Check not_retired(const Provider& provider) {
  if (provider.status == ReferenceStatus::active) return {};
  return reject(rejection::provider_retired, {{"id", provider.provider_id.to_string()}});
}
Check not_retired(const Facility& facility) {
  if (facility.status == ReferenceStatus::active) return {};
  return reject(rejection::facility_retired, {{"id", facility.facility_id.to_string()}});
}

}  // namespace

Decision create(const References& references, const RegisterProvider& c) {
  const auto facility_version = usable(references, c.facility_id);
  if (!facility_version) return Err{facility_version.error()};
  return one_event(ProviderRegistered{c.provider_id, c.npi, c.alias, c.specialty, c.facility_id,
                                      *facility_version});
}

Decision change(const Provider& provider, const References& references, const AmendProvider& c) {
  const auto active = not_retired(provider);
  if (!active) return Err{active.error()};
  ProviderAmended event;
  event.specialty = if_changed(c.specialty, provider.specialty);
  event.facility_id = if_changed(c.facility_id, provider.facility_id);
  if (event == ProviderAmended{}) return reject(rejection::nothing_to_change);
  if (event.facility_id) {
    const auto facility_version = usable(references, *event.facility_id);
    if (!facility_version) return Err{facility_version.error()};
    event.facility_version = *facility_version;
  }
  return one_event(event);
}

Decision change(const Provider& provider, const References&, const RetireProvider&) {
  const auto active = not_retired(provider);
  if (!active) return Err{active.error()};
  return one_event(ProviderRetired{});
}

Decision create(const References&, const RegisterFacility& c) {
  return one_event(
      FacilityRegistered{c.facility_id, c.npi, c.alias, c.kind, c.state, c.zip3, c.beds});
}

Decision change(const Facility& facility, const References&, const AmendFacility& c) {
  const auto active = not_retired(facility);
  if (!active) return Err{active.error()};
  const FacilityAmended event{if_changed(c.kind, facility.kind), if_changed(c.beds, facility.beds)};
  if (event == FacilityAmended{}) return reject(rejection::nothing_to_change);
  return one_event(event);
}

Decision change(const Facility& facility, const References&, const RetireFacility&) {
  const auto active = not_retired(facility);
  if (!active) return Err{active.error()};
  return one_event(FacilityRetired{});
}

}  // namespace pim::decide_parts
