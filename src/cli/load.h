// The subcommands of `pim load`, one file each, and what they share.
#pragma once

#include "cli/command.h"

namespace pim::cli {

void add_load_check(CLI::App& load, Action& action);
void add_load_history(CLI::App& load, Action& action);

}  // namespace pim::cli
