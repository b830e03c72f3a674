// The verdict on a run under failure pressure.
#pragma once

#include <cstddef>

#include "cli/prove/claims.h"
#include "load/history/check.h"
#include "load/run/run_result.h"

namespace pim::cli::prove {

// `faults`: how many the scenario plans. Where the run decides nothing (its generator was the
// bottleneck, it was cut short), its objectives are no checks; its history is one all the same.
void judge_pressure(const load::RunResult& run, const load::CheckReport& calls, std::size_t faults,
                    Claim& claim);

}  // namespace pim::cli::prove
