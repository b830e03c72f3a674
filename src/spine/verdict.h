// What is to become of one command on one state: pure, so the same inputs give the same verdict.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "domain/decide.h"
#include "spine/fold.h"
#include "spine/ownership.h"
#include "spine/spine.h"
#include "store/event_store.h"

namespace pim::spine {

struct Verdict {
  Outcome outcome = Outcome::not_found;  // accepted, rejected, stale or not_found
  std::uint16_t status = 404;
  std::vector<Event> events;  // accepted: one or more
  Rejection rejection;        // otherwise
};

// The tenant under which `request` acts on `stream`: a create's own, else the stream's.
const TenantId& acting_tenant(const CommandRequest& request, const FoldedStream& stream);

// Authorises by tenant, holds If-Match, decides.
Verdict judge(const CommandRequest& request, const FoldedStream& stream,
              const References& references);

// The verdict for the store, at the version that it was made on. Not for not_found.
store::Append append_of(const CommandRequest& request, const FoldedStream& stream,
                        const Verdict& verdict, const Ownership& ownership,
                        std::mt19937_64& event_ids);

// Makes the verdict's events part of the state.
void apply(const CommandRequest& request, const Verdict& verdict, FoldedStream& stream);

}  // namespace pim::spine
