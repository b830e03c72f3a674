// Log records over OTLP/HTTP (protobuf), by opentelemetry-cpp.
// Source: https://opentelemetry.io/docs/specs/otlp/
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "telemetry/log_sender.h"
#include "telemetry/resource.h"

namespace pim::telemetry {

// `endpoint` as in OTEL_EXPORTER_OTLP_ENDPOINT: http://127.0.0.1:4318; /v1/logs is put behind it.
// `timeout` bounds one request. A record with a trace says `sampled`: whether that is kept.
std::unique_ptr<LogExporter> otlp_log_exporter(
    const std::string& endpoint, const Resource& resource,
    std::chrono::milliseconds timeout = std::chrono::seconds(3));

}  // namespace pim::telemetry
