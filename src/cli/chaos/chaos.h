// `pim chaos` and what its subcommands share.
#pragma once

#include <memory>
#include <string>

#include "chaos/fault.h"
#include "cli/command.h"

namespace pim::cli::chaos {

inline constexpr const char* kFootprints = ".lab/chaos";  // of faults in force

void add_list(CLI::App& chaos, Action& action);
void add_run(CLI::App& app, CLI::App& chaos, Action& action);
void add_undo(CLI::App& chaos, Action& action);
void add_disk(CLI::App& chaos, Action& action, std::unique_ptr<CommandTrace>& trace);
void add_proxy(CLI::App& chaos, Action& action);

ExitCode exit_code(pim::chaos::Trouble trouble);

}  // namespace pim::cli::chaos
