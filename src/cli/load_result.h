// A run's result as JSON (result.json) and as the few lines that a person reads first.
#pragma once

#include <string>

#include "load/run/run_result.h"

namespace pim::cli {

std::string load_result_json(const load::RunResult& result);
std::string load_result_text(const load::RunResult& result);

}  // namespace pim::cli
