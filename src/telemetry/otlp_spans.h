// Spans over OTLP/HTTP (protobuf), by opentelemetry-cpp.
// Source: https://opentelemetry.io/docs/specs/otlp/
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "telemetry/resource.h"
#include "telemetry/tracer.h"

namespace pim::telemetry {

// `endpoint` as in OTEL_EXPORTER_OTLP_ENDPOINT: http://127.0.0.1:4318; /v1/traces is put behind it.
// `timeout` bounds one request.
std::unique_ptr<SpanExporter> otlp_span_exporter(
    const std::string& endpoint, const Resource& resource,
    std::chrono::milliseconds timeout = std::chrono::seconds(3));

}  // namespace pim::telemetry
