#pragma once

#include <string>
#include <vector>

namespace pim::cli {

// Parses the command line and runs what it says; returns the exit code.
int run(int argc, const char* const* argv);

// Every command that there is: "pim audit verify".
std::vector<std::string> commands();

}  // namespace pim::cli
