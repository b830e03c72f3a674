#include "cli/collector.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "api/version.h"
#include "telemetry/otlp_logs.h"

namespace pim::cli {

std::string collector_url(const CLI::Option& endpoint) {
  if (endpoint.count() == 0) return {};
  auto url = endpoint.as<std::string>();
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::unique_ptr<telemetry::LogSender> event_sender(const std::string& collector) {
  if (collector.empty()) return nullptr;
  return std::make_unique<telemetry::LogSender>(
      telemetry::otlp_log_exporter(collector, {.service_name = "pim-cli",
                                               .service_version = std::string(api::kVersion),
                                               .instance_id = std::to_string(::getpid())}));
}

}  // namespace pim::cli
