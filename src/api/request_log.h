// What a request leaves in the log, once it has been answered.
#pragma once

#include <chrono>
#include <cstdint>

#include "api/call.h"
#include "spine/spine.h"
#include "telemetry/log_sender.h"

namespace pim::api {

// One record of each request whose trace is kept, to `logs`; and of each 5xx, also as a line. Null:
// lines only.
void log_request(telemetry::LogSender* logs, const Call& call, const Response& response,
                 std::chrono::steady_clock::time_point answered, std::string_view region);

// An event `pim.domain.event` for each event that `reply` says was committed: what happened and
// where, never to whom. The number of them; 0 where the request's trace is not kept.
std::size_t log_domain_events(telemetry::LogSender& logs, const Call& call,
                              const spine::CommandReply& reply, std::string_view region);

}  // namespace pim::api
