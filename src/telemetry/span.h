// A span that has ended: what a tracer takes. Names and attributes follow the OpenTelemetry
// semantic conventions; docs/telemetry.md lists ours. Never a patient identifier.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "telemetry/attribute.h"
#include "telemetry/trace.h"

namespace pim::telemetry {

enum class SpanKind : std::uint8_t { internal, server, client };

using SpanAttribute = Attribute;

struct Span {
  TraceContext context;
  std::array<std::uint8_t, 8> parent{};  // all zero: the trace begins with it
  SpanKind kind = SpanKind::internal;
  bool failed = false;
  std::string name;
  std::string failure;  // what went wrong, where `failed`
  WallTime start;
  std::chrono::nanoseconds duration{0};
  std::vector<SpanAttribute> attributes;
  std::vector<TraceContext> links;
  std::string trace_state;  // of the caller's tracing system (trace_state.h); mostly empty
};

}  // namespace pim::telemetry
