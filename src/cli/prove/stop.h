// Why an act ended before it had shown anything.
#pragma once

#include <string>
#include <utility>

#include "cli/exit_code.h"
#include "domain/result.h"

namespace pim::cli::prove {

struct Stop {
  ExitCode code = kEnvironment;
  std::string message;
};
using Step = Result<void, Stop>;

inline Err<Stop> stop(std::string message) { return Err{Stop{kEnvironment, std::move(message)}}; }
inline Err<Stop> interrupt_stop() {
  return Err{Stop{kInconclusive, "interrupted: nothing was shown"}};
}

}  // namespace pim::cli::prove
