#include "cli/data.h"

#include <CLI/CLI.hpp>

namespace pim::cli {

void add_data(CLI::App& app, Action& action) {
  auto* data = app.add_subcommand("data", "Make data, bring it in, check it");
  data->require_subcommand(1);
  add_data_schema(*data, action);
  add_data_mock(*data, action);
  add_data_fetch(*data, action);
  add_data_generate(*data, action);
  add_data_import(*data, action);
  add_data_profile(*data, action);
  add_data_verify(*data, action);
}

}  // namespace pim::cli
