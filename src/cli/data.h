// The subcommands of `pim data`, one file each.
#pragma once

#include "cli/command.h"

namespace pim::cli {

void add_data_schema(CLI::App& data, Action& action);
void add_data_mock(CLI::App& data, Action& action);
void add_data_fetch(CLI::App& data, Action& action);
void add_data_generate(CLI::App& data, Action& action);
void add_data_import(CLI::App& data, Action& action);
void add_data_profile(CLI::App& data, Action& action);
void add_data_verify(CLI::App& data, Action& action);

}  // namespace pim::cli
