// What a run comes to: its thresholds held against what was measured.
#pragma once

#include <vector>

#include "load/run/run_result.h"
#include "load/scenario/scenario.h"

namespace pim::load {

// Fills in checks, reasons and verdict. A read that missed an acknowledged write is a violation
// whatever else there was; otherwise a run that was cut short, whose generator was at its limit, or
// whose faults could not be done, shows nothing.
void judge(const std::vector<Threshold>& thresholds, RunResult& result);

std::string_view to_string(Verdict verdict);

}  // namespace pim::load
