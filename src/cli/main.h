#pragma once

namespace pim::cli {

// Parses the command line and runs what it says; returns the exit code.
int run(int argc, const char* const* argv);

}  // namespace pim::cli
