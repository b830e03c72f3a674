#include "cli/data.h"

#include <CLI/CLI.hpp>

namespace pim::cli {

void add_data(CLI::App& app, Action& action) {
  auto* data = app.add_subcommand("data", "Bring data in");
  data->require_subcommand(1);
  add_data_import(*data, action);
}

}  // namespace pim::cli
