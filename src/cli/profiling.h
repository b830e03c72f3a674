// Profiles of a command while it runs: pushed where PIM_PYROSCOPE_ENDPOINT says, the rest at its
// end. Over TLS with the files PIM_PYROSCOPE_CA, _CERT and _KEY.
#pragma once

#include <memory>
#include <string>

#include "telemetry/profiler.h"
#include "telemetry/pyroscope.h"

namespace pim::cli {

class Profiling {
 public:
  // Null where the environment names no endpoint, or one that is no http:// or https:// address: a
  // command does its work without. `command` becomes a label.
  static std::unique_ptr<Profiling> start(const std::string& command);

 private:
  Profiling(std::unique_ptr<telemetry::Profiler> profiler, const std::string& endpoint,
            const std::string& command);

  const std::unique_ptr<telemetry::Profiler> profiler_;
  telemetry::ProfilePush push_;
};

}  // namespace pim::cli
