// What a subcommand is: it adds its options to the parser and leaves what is to be run.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace pim::cli {

class CommandTrace;

// Set by the subcommand that was chosen on the command line; returns the exit code.
using Action = std::function<int()>;

// A server's start is the command's trace; what it does then has its own.
void add_serve(CLI::App& app, Action& action, std::unique_ptr<CommandTrace>& trace);
void add_token(CLI::App& app, Action& action);
void add_shard(CLI::App& app, Action& action);
void add_store(CLI::App& app, Action& action);
void add_audit(CLI::App& app, Action& action);
void add_data(CLI::App& app, Action& action);
void add_load(CLI::App& app, Action& action);
void add_event(CLI::App& app, Action& action);
void add_chaos(CLI::App& app, Action& action, std::unique_ptr<CommandTrace>& trace);
void add_prove(CLI::App& app, Action& action);
void add_metrics(CLI::App& app, Action& action);
void add_version(CLI::App& app, Action& action);

// One line on stderr: `pim: message`. Returns the code, for `return fail(kEnvironment, ...)`.
int fail(ExitCode code, std::string_view message);

}  // namespace pim::cli
