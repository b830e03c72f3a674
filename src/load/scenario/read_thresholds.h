// The [slo.*] tables of a scenario: what the run must hold.
#pragma once

#include <vector>

#include "load/scenario/scenario.h"
#include "load/scenario/table_reader.h"

namespace pim::load {

// In the text's order. `scenario` has its load and its mix: a threshold that they can never meet is
// a problem, too; where they are not known, it is not looked at.
std::vector<Threshold> read_thresholds(const toml::table& table, const Scenario* scenario,
                                       TomlProblems& problems);

}  // namespace pim::load
