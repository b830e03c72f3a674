// A request's spans, made when it has been answered from the times that it left on its way.
#pragma once

#include <chrono>
#include <string_view>

#include "api/call.h"
#include "telemetry/tracer.h"

namespace pim::api {

// The server's span, and one for each stage that the request came to: docs/telemetry.md has them.
// For kept traces only. `region`: where this node is.
void trace_request(telemetry::Tracer& tracer, const Call& call, const Response& response,
                   std::chrono::steady_clock::time_point answered, std::string_view region);

}  // namespace pim::api
