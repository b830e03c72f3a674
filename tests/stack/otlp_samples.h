// One span, one log record, one metric sample and one profile, as the wire has them.
#pragma once

#include <string>

#include "stack.h"

namespace pim::stack {

// OTLP's JSON, for POST /v1/traces, /v1/logs and /v1/metrics. `service` becomes service.name.
std::string span_sample(const std::string& service, const std::string& trace_id,
                        const std::string& span_id, WallTime start);
std::string log_sample(const std::string& service, const std::string& text,
                       const std::string& trace_id, const std::string& span_id, WallTime time);
std::string gauge_sample(const std::string& service, const std::string& name, double value,
                         WallTime time);

// A pprof profile, not compressed: `milliseconds` of CPU in `function`.
std::string profile_sample(const std::string& function, int milliseconds, WallTime end);

}  // namespace pim::stack
