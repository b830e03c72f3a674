#include "cli/load.h"

#include <CLI/CLI.hpp>

namespace pim::cli {

void add_load(CLI::App& app, Action& action) {
  auto* load = app.add_subcommand("load", "Load a server by a scenario, and hold it to its word");
  load->require_subcommand(1);
  const auto& collector = *app.get_option("--otlp-endpoint");
  add_load_run(*load, action, collector);
  add_load_scenario(*load, action);
  add_load_check(*load, action, collector);
  add_load_history(*load, action);
}

}  // namespace pim::cli
