#include "cli/chaos/chaos.h"

#include <CLI/CLI.hpp>

namespace pim::cli {
namespace chaos {

ExitCode exit_code(pim::chaos::Trouble trouble) {
  using pim::chaos::Trouble;
  switch (trouble) {
    case Trouble::usage:
      return kUsage;
    case Trouble::environment:
      return kEnvironment;
    case Trouble::not_in_effect:
      return kInconclusive;
    case Trouble::not_undone:
      return kClaimFailed;
  }
  return kUsage;
}

}  // namespace chaos

void add_chaos(CLI::App& app, Action& action, std::unique_ptr<CommandTrace>& trace) {
  auto* command =
      app.add_subcommand("chaos", "Faults on purpose: begun, recorded, undone (docs/chaos.md)");
  command->require_subcommand(1);
  chaos::add_list(*command, action);
  chaos::add_run(app, *command, action);
  chaos::add_undo(*command, action);
  chaos::add_disk(*command, action, trace);
  chaos::add_proxy(*command, action);
}

}  // namespace pim::cli
