#include "cli/profiling.h"

#include <cstdlib>

#include "api/version.h"
#include "telemetry/log.h"

namespace pim::cli {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Profiling::Profiling(std::unique_ptr<telemetry::Profiler> profiler, const std::string& endpoint,
                     const std::string& command)
    : profiler_(std::move(profiler)),
      push_(*profiler_,
            telemetry::pyroscope_sender(endpoint, "pim-cli",
                                        {{"service_namespace", "pim"},
                                         {"service_version", std::string(api::kVersion)},
                                         {"command", command}},
                                        {.authorities = from_environment("PIM_PYROSCOPE_CA"),
                                         .certificate = from_environment("PIM_PYROSCOPE_CERT"),
                                         .key = from_environment("PIM_PYROSCOPE_KEY")})) {}

std::unique_ptr<Profiling> Profiling::start(const std::string& command) {
  std::string endpoint = from_environment("PIM_PYROSCOPE_ENDPOINT");
  if (endpoint.empty()) return nullptr;
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
