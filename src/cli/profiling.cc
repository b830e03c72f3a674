#include "cli/profiling.h"

#include <cstdlib>

#include "api/version.h"
#include "telemetry/log.h"

namespace pim::cli {

Profiling::Profiling(std::unique_ptr<telemetry::Profiler> profiler, const std::string& endpoint,
                     const std::string& command)
    : profiler_(std::move(profiler)),
      push_(*profiler_,
            telemetry::pyroscope_sender(endpoint, "pim-cli",
                                        {{"service_namespace", "pim"},
                                         {"service_version", std::string(api::kVersion)},
                                         {"command", command}})) {}

std::unique_ptr<Profiling> Profiling::start(const std::string& command) {
  const char* value = std::getenv("PIM_PYROSCOPE_ENDPOINT");
  if (value == nullptr || *value == '\0') return nullptr;
  std::string endpoint = value;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const bool web = endpoint.starts_with("http://") || endpoint.starts_with("https://");
  auto profiler = web ? telemetry::Profiler::start({}) : nullptr;
  if (!profiler) {
    telemetry::log(telemetry::Level::warn,
                   "no profiles: PIM_PYROSCOPE_ENDPOINT must be http://...");
    return nullptr;
  }
  return std::unique_ptr<Profiling>(new Profiling(std::move(profiler), endpoint, command));
}

}  // namespace pim::cli
