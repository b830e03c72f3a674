// Faults of the network of a process in a namespace of its own: nothing comes through, or late.
// Never of our own network: who is in the same namespace as the injector is refused.
#pragma once

#include <memory>

#include "chaos/kind.h"

namespace pim::chaos {

// By nftables. Parameter `direction`. Its loopback is left alone.
std::unique_ptr<Effect> make_partition(const FaultOrder& order);
// By the kernel's netem, where it has it. Parameters `interface`, `delay`, `jitter`, `percent`.
std::unique_ptr<Effect> make_netem(const FaultOrder& order);

}  // namespace pim::chaos
