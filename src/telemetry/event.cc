#include "telemetry/event.h"

#include <algorithm>
#include <utility>

namespace pim::telemetry {

std::optional<EventName> parse_event_name(std::string_view text) {
  const auto* const found = std::ranges::find(kEventNames, text);
  if (found == kEventNames.end()) return std::nullopt;
  return static_cast<EventName>(found - kEventNames.begin());
}

LogRecord event(EventName name, WallTime time, std::string_view what,
                std::vector<Attribute> attributes) {
  LogRecord record;
  record.time = time;
  record.body = to_string(name);
  if (!what.empty()) record.body += ' ';
  record.body += what;
  record.attributes = std::move(attributes);
  record.attributes.push_back({"event.name", std::string(to_string(name))});
  return record;
}

}  // namespace pim::telemetry
