// Ctrl-C in the demo: noted, and looked at between steps, so that nothing is left behind.
#pragma once

#include <chrono>

namespace pim::cli::prove {

// From now on SIGINT and SIGTERM are noted and end nothing by themselves.
void watch_interrupts();
bool interrupted();
// False where an interrupt came first.
bool sleep_unless_interrupted(std::chrono::steady_clock::time_point until);

}  // namespace pim::cli::prove
