// Checks that several commands share. A check that holds is an ok() Result.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "domain/decide.h"
#include "domain/rejection_types.h"

namespace pim {

using Check = Result<void, Rejection>;

// The encounter, in whatever status.
Result<const Encounter*, Rejection> known_encounter(const Patient& patient, EncounterId id);
// The encounter, which is open.
Result<const Encounter*, Rejection> open_encounter(const Patient& patient, EncounterId id);
Check must_be_open(const Encounter& encounter);

// A referenced provider or facility is known here and not retired: its version.
Result<Version, Rejection> usable(const References& references, ProviderId id);
Result<Version, Rejection> usable(const References& references, FacilityId id);

// `time`, named `field` in the command, lies between the admission and now.
Check within_encounter(const Encounter& encounter, std::string_view field, UtcMillis time,
                       UtcMillis now);
Check not_in_future(std::string_view field, UtcMillis time, UtcMillis now);

// nullptr where the patient has none open.
const Encounter* open_inpatient(const Patient& patient);

// The bill that is not void; nullptr where there is none.
const Bill* live_bill(const Encounter& encounter);
// The line that is not void and charges for this source; nullptr where there is none.
const BillLine* line_for(const Bill& bill, SourceKind kind, const Uuid& source);
// Voiding a procedure or medication: no live line charges for it.
Check not_billed(const Encounter& encounter, SourceKind kind, const Uuid& source);

// nullptr where there is none.
template <class Child, class Id>
const Child* find_child(const std::vector<Child>& list, Id Child::* id_of, const Id& id) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Child& child) { return child.*id_of == id; });
  return found == list.end() ? nullptr : &*found;
}

// Whether anything in the list is not void.
template <class Child>
bool any_live(const std::vector<Child>& list) {
  return std::any_of(list.begin(), list.end(), [](const Child& child) { return !child.voided; });
}

// Keeps `wanted` only where it differs from what is.
template <class T>
std::optional<T> if_changed(const std::optional<T>& wanted, const T& present) {
  return wanted && *wanted != present ? wanted : std::nullopt;
}

}  // namespace pim
