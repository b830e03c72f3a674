// A step of the wall clock of a process that lets its clock be stepped: pim-planted, started with
// PIM_PLANTED_CLOCK=FILE.
#pragma once

#include <memory>

#include "chaos/kind.h"

namespace pim::chaos {

// Parameter `step`: ahead, or back where it is below zero.
std::unique_ptr<Effect> make_clock_step(const FaultOrder& order);

}  // namespace pim::chaos
