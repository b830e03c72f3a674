// The [[stage]] tables of a scenario: constant rates, ramps, steps and spikes.
#pragma once

#include <vector>

#include "load/scenario/scenario.h"
#include "load/scenario/table_reader.h"

namespace pim::load {

// In straight lines; what is wrong is left out and noted.
std::vector<Stage> read_stages(const toml::array& tables, TomlProblems& problems);

}  // namespace pim::load
