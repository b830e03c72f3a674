// An independent reading of the invariants: it looks at states and shares no code with decide().
#pragma once

#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/state.h"

namespace pim::domain_testing {

// The invariants that `patient` violates at the time `now`, each once, by name; none is well.
std::vector<std::string> violations(const Patient& patient, UtcMillis now);

// What no step may do: forget an entry, take a void back, change a final bill's lines, another
// patient's id.
std::vector<std::string> step_violations(const Patient& before, const Patient& after);

}  // namespace pim::domain_testing
