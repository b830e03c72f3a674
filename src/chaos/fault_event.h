// A fault's beginning and end as events (telemetry/event.h): what the boards mark in time.
#pragma once

#include <string>
#include <string_view>

#include "chaos/timeline.h"
#include "telemetry/log_record.h"

namespace pim::chaos {

// `pim.fault` with kind, target, parameters, pim.phase, and pim.from, pim.to, pim.hits as far as
// they are known.
telemetry::LogRecord fault_event(const FaultNews& news);

std::string_view to_string(Phase phase);           // "began"
std::string to_text(const ParameterTexts& texts);  // "delay=50ms files=*"
std::string to_rfc3339(const Moment& moment);      // to the millisecond

}  // namespace pim::chaos
