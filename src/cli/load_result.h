// A run's result as the few lines that a person reads first.
#pragma once

#include <string>

#include "load/run/run_result.h"

namespace pim::cli {

std::string load_result_text(const load::RunResult& result);

}  // namespace pim::cli
