// W3C `tracestate`: what the caller's tracing system wants handed on with its trace.
// Source: https://www.w3.org/TR/trace-context/#tracestate-header
#pragma once

#include <string>
#include <string_view>

namespace pim::telemetry {

inline constexpr std::size_t kMaxTraceState = 512;  // characters that are kept

// The members in their order, without spaces and empty ones. Where that is longer than is kept,
// members longer than 128 characters go first, then the last ones. Empty where any member is not
// valid, stands twice, or there are more than 32.
std::string trace_state(std::string_view header);

}  // namespace pim::telemetry
