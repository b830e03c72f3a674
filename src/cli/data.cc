#include "cli/data.h"

#include <CLI/CLI.hpp>

namespace pim::cli {

void add_data(CLI::App& app, Action& action) {
  auto* data = app.add_subcommand("data", "Bring data in, or make it");
  data->require_subcommand(1);
  add_data_import(*data, action);
  add_data_schema(*data, action);
  add_data_mock(*data, action);
  add_data_fetch(*data, action);
}

}  // namespace pim::cli
