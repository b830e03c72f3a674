// Clients that behave badly towards a port of loopback, on a thread of their own.
#pragma once

#include <memory>

#include "chaos/kind.h"

namespace pim::chaos {

// Parameters `connections`, `pace`, `side`: what they are slow in.
std::unique_ptr<Effect> make_slow_clients(const FaultOrder& order);
// Parameter `rate`: connections a second that end by a reset in the middle of a request.
std::unique_ptr<Effect> make_client_resets(const FaultOrder& order);
// Parameter `rate`: requests a second that no server may take for one.
std::unique_ptr<Effect> make_malformed_flood(const FaultOrder& order);

}  // namespace pim::chaos
