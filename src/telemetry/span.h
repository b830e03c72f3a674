// A span that has ended: what a tracer takes. Names and attributes follow the OpenTelemetry
// semantic conventions; docs/telemetry.md lists ours. Never a patient identifier.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "telemetry/trace.h"

namespace pim::telemetry {

using WallTime = std::chrono::system_clock::time_point;

enum class SpanKind : std::uint8_t { internal, server, client };

struct SpanAttribute {
  std::string_view key;  // a literal
  std::variant<bool, std::int64_t, double, std::string> value;
};

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
};

}  // namespace pim::telemetry
