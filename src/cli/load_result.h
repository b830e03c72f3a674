// A run's result as the few lines that a person reads first.
#pragma once

#include <string>

#include "load/report/report.h"

namespace pim::cli {

std::string load_result_text(const load::report::LoadReport& report);

}  // namespace pim::cli
