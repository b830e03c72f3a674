// The subcommands of `pim load`, one file each, and what they share.
#pragma once

#include <string>

#include "cli/command.h"
#include "domain/result.h"
#include "load/scenario/scenario.h"

namespace CLI {
class Option;
}

namespace pim::cli {

// `collector` is the option of all commands.
void add_load_run(CLI::App& load, Action& action, const CLI::Option& collector);
void add_load_scenario(CLI::App& load, Action& action);
void add_load_check(CLI::App& load, Action& action, const CLI::Option& collector);
void add_load_history(CLI::App& load, Action& action);

// Where it cannot be read, everything that is wrong with it was printed.
Result<load::Scenario, ExitCode> read_scenario(const std::string& path);

}  // namespace pim::cli
