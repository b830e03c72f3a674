// The domain's two functions. Both are pure: no I/O, no clock, no randomness.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/command.h"
#include "domain/event.h"
#include "domain/ids.h"
#include "domain/result.h"
#include "domain/state.h"

namespace pim {

// What a command must know of a provider or facility that is another stream. The event records the
// version, so that a later reader can judge the decision by the facts it was made on.
struct ReferenceFact {
  Version version = 0;  // 0: unknown, or another tenant's (callers cannot tell them apart)
  ReferenceStatus status = ReferenceStatus::active;
};

struct References {
  UtcMillis now;  // the command's time, fixed before deciding
  std::vector<std::pair<ProviderId, ReferenceFact>> providers;
  std::vector<std::pair<FacilityId, ReferenceFact>> facilities;

  ReferenceFact provider(ProviderId id) const;  // version 0 where it is not listed
  ReferenceFact facility(FacilityId id) const;
};

// The references that `command` reads: what must be in References before decide().
using ReferenceId = std::variant<ProviderId, FacilityId>;
std::vector<ReferenceId> references_of(const Command& command);

// Why a command was turned down. Both parts are persisted in its receipt.
struct Rejection {
  // A stable name from the catalogue in rejection.h, such as `encounter-not-open`.
  std::string_view type;
  // Named facts for the message, such as {"status", "discharged"}; never patient identifiers other
  // than ids the caller sent.
  std::vector<std::pair<std::string, std::string>> params;
  bool operator==(const Rejection&) const = default;
};

// The events that `command` causes in `state`, or why it may not. Never empty on success.
Result<std::vector<Event>, Rejection> decide(const StreamState& state, const References& references,
                                             const Command& command);

// Applies an event that decide() returned once, to the state it was decided on. Total: it checks no
// invariant. An event about an encounter that `state` does not hold changes nothing, so that a
// reader may fold one encounter alone.
void evolve(StreamState& state, const Event& event);

}  // namespace pim
