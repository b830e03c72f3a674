// Faults of a process as a whole: stopped, killed, told to end.
#pragma once

#include <memory>
#include <optional>

#include "chaos/kind.h"

namespace pim::chaos {

std::optional<ProcessId> running_process(const Target& target);

std::unique_ptr<Effect> make_sigstop(const FaultOrder& order);
std::unique_ptr<Effect> make_sigkill(const FaultOrder& order);
// Parameter `grace`: after it, SIGKILL.
std::unique_ptr<Effect> make_sigterm(const FaultOrder& order);

}  // namespace pim::chaos
