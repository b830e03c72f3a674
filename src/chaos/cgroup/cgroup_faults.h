// A process held short of processor or memory, in a control group of the fault's own.
#pragma once

#include <memory>

#include "chaos/kind.h"

namespace pim::chaos {

// Parameter `share`: of one processor.
std::unique_ptr<Effect> make_cpu_pressure(const FaultOrder& order);
// Parameter `limit`: what the process may take from now on, page cache included.
std::unique_ptr<Effect> make_memory_pressure(const FaultOrder& order);

}  // namespace pim::chaos
