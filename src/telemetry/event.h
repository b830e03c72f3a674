// Events: log records with an `event.name`, for dashboards to annotate by. They say what happened
// to the system, or that something happened in it; never to whom, and never a clinical value.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/log_record.h"

namespace pim::telemetry {

enum class EventName : std::uint8_t {
  domain_event,  // committed by a request whose trace is kept; the event store has all
  deploy,        // a version began or ended to serve
  fault,         // was injected
  alert,         // fired
};
inline constexpr std::array<std::string_view, 4> kEventNames = {"pim.domain.event", "pim.deploy",
                                                                "pim.fault", "pim.alert"};
constexpr std::string_view to_string(EventName name) {
  return kEventNames[static_cast<std::size_t>(name)];
}
std::optional<EventName> parse_event_name(std::string_view text);

// At `time`; `what` in a few words follows the name in the body.
LogRecord event(EventName name, WallTime time, std::string_view what,
                std::vector<Attribute> attributes);

}  // namespace pim::telemetry
