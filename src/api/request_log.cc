#include "api/request_log.h"

#include <string>
#include <utility>

#include "api/request_attributes.h"
#include "domain/event.h"
#include "telemetry/event.h"
#include "telemetry/log.h"

namespace pim::api {

using telemetry::LogRecord;

void log_request(telemetry::LogSender* logs, const Call& call, const Response& response,
                 std::chrono::steady_clock::time_point answered, std::string_view region) {
  // what is shed is counted: telling each would take the time that it was shed for
  const bool failed = response.status >= 500 && !response.shed;
  const bool kept = call.trace.sampled && logs != nullptr;
  if (!kept && !failed) return;
  LogRecord record;
  record.time = std::chrono::system_clock::now();
  record.level = failed ? telemetry::Level::warn : telemetry::Level::info;
  record.trace = call.trace;
  record.attributes = request_attributes(call, response, region);
  const std::chrono::duration<double, std::milli> took = answered - call.started;
  record.attributes.push_back({"pim.duration_ms", took.count()});
  record.body = "request ";
  record.body += known_method(call);
  record.body += ' ';
  record.body += call.route == nullptr ? std::string_view("(no route)") : call.route->path;
  record.body += ' ';
  record.body += std::to_string(response.status);
  record.body += ' ';
  record.body += outcome_of(response);
  if (!kept) return telemetry::log(std::move(record));
  // a kept trace has its record also where the lines are cut from a flood
  if (failed) telemetry::log_line(record);
  logs->put(std::move(record));
}

std::size_t log_domain_events(telemetry::LogSender& logs, const Call& call,
                              const spine::CommandReply& reply, std::string_view region) {
  const auto& types = reply.event_types;
  if (!call.trace.sampled || types.empty() || types.size() != reply.events) return 0;
  const auto time = std::chrono::system_clock::now();
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto later = types.size() - 1 - i;  // events of the same command
    std::vector<telemetry::Attribute> attributes;
    attributes.reserve(8);
    attributes.push_back({"pim.event.type", std::string(types[i])});
    attributes.push_back({"pim.event.version", static_cast<std::int64_t>(reply.version - later)});
    attributes.push_back({"pim.event.schema_version", std::int64_t{kEventSchemaVersion}});
    attributes.push_back({"pim.bucket", std::int64_t{reply.bucket.value}});
    attributes.push_back({"pim.position", static_cast<std::int64_t>(reply.last_position - later)});
    if (call.shard) attributes.push_back({"pim.shard", std::to_string(call.shard->value)});
    attributes.push_back({"pim.region", std::string(region)});
    LogRecord record =
        telemetry::event(telemetry::EventName::domain_event, time, types[i], std::move(attributes));
    record.trace = call.trace;
    logs.put(std::move(record));
  }
  return types.size();
}

}  // namespace pim::api
