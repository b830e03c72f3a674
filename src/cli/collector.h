// The OpenTelemetry Collector that a command was told of by --otlp-endpoint.
#pragma once

#include <memory>
#include <string>

#include "telemetry/log_sender.h"

namespace CLI {
class Option;
}

namespace pim::cli {

// Without a slash at its end; empty: there is none.
std::string collector_url(const CLI::Option& endpoint);

// For events of this command. Null where there is no Collector.
std::unique_ptr<telemetry::LogSender> event_sender(const std::string& collector);

}  // namespace pim::cli
