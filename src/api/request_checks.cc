#include "api/request_checks.h"

#include <algorithm>
#include <array>

#include "api/ascii.h"
#include "api/idempotency.h"
#include "telemetry/trace_state.h"

namespace pim::api {
namespace {

struct HeaderRule {
  KnownHeader header;
  Param param;
};
constexpr auto kCommandHeaders =
    std::to_array<HeaderRule>({{KnownHeader::idempotency_key, Param::idempotency_key},
                               {KnownHeader::if_match, Param::if_match},
                               {KnownHeader::pim_tenant, Param::pim_tenant},
                               {KnownHeader::pim_deadline_ms, Param::pim_deadline_ms}});
constexpr auto kQueryHeaders =
    std::to_array<HeaderRule>({{KnownHeader::pim_purpose, Param::pim_purpose},
                               {KnownHeader::pim_min_position, Param::pim_min_position},
                               {KnownHeader::pim_deadline_ms, Param::pim_deadline_ms},
                               {KnownHeader::x_request_id, Param::x_request_id}});

std::string must_be(const ParamInfo& info) {
  return std::string(info.name) + " must be " + std::string(info.must_be) + ".";
}

Problem bad_parameter(const ParamInfo& info) {
  return Problem::of(problems::kBadParameter, must_be(info), std::string(info.name));
}

// A name the caller made up is echoed, but not at any length.
std::string echo(std::string_view name) { return std::string(name.substr(0, 64)); }

std::optional<Problem> check_query(const Call& call) {
  const auto& query = call.target.query;
  const auto known = call.route->query_params;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto& [name, value] = query[i];
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](Param param) { return info_of(param).name == name; });
    if (found == known.end()) {
      return Problem::of(problems::kUnknownParameter, "This query has no such parameter.",
                         echo(name));
    }
    const bool repeated = std::any_of(query.begin(), query.begin() + static_cast<long>(i),
                                      [&](const auto& each) { return each.first == name; });
    if (repeated) {
      return Problem::of(problems::kUnknownParameter, "The parameter is repeated.", name);
    }
    if (!info_of(*found).valid(value)) return bad_parameter(info_of(*found));
  }
  const Param required = call.route->required_query;
  if (required != Param::cursor && !call.query_value(required)) {
    return Problem::of(problems::kBadParameter,
                       std::string(info_of(required).name) + " is required.",
                       std::string(info_of(required).name));
  }
  return std::nullopt;
}

template <std::size_t N>
std::optional<Problem> check_headers(const Call& call, const std::array<HeaderRule, N>& rules) {
  for (const auto& [header, param] : rules) {
    const auto& info = info_of(param);
    if (call.headers.has(header) && !info.valid(call.headers[header])) {
      return Problem::of(problems::kBadHeader, must_be(info), std::string(info.name));
    }
  }
  return std::nullopt;
}

// It may stand in several lines, which are one list.
std::string trace_state_of(const Request& request) {
  std::string list;
  for (const Header& header : request.headers) {
    if (!equals_ignoring_case(header.name, "tracestate")) continue;
    if (!list.empty()) list += ',';
    list += header.value;
  }
  return telemetry::trace_state(list);
}

}  // namespace

std::optional<Problem> check_parameters(const Call& call) {
  if (!call.headers.repeated().empty()) {
    return Problem::of(problems::kBadHeader, "The header is repeated.",
                       std::string(call.headers.repeated()));
  }
  for (const auto& [param, value] : call.path) {
    if (!param->valid(value)) return bad_parameter(*param);
  }
  if (auto problem = check_query(call)) return problem;
  if (call.route->is_command()) return check_headers(call, kCommandHeaders);
  if (!call.request().body.empty()) return Problem::of(problems::kBodyNotAllowed);
  return check_headers(call, kQueryHeaders);
}

void identify(Call& call, telemetry::Tracer* tracer) {
  const auto caller = telemetry::TraceContext::parse(call.headers[KnownHeader::traceparent]);
  if (caller) call.caller_span = caller->span_id;
  if (tracer != nullptr) {
    call.trace = tracer->begin(caller);
  } else {
    call.trace = caller ? caller->child() : telemetry::TraceContext::root();
    call.trace.sampled = false;
  }
  if (caller && call.trace.sampled) call.trace_state = trace_state_of(call.request());
  const bool command = call.route != nullptr && call.route->is_command();
  const auto header = command ? KnownHeader::idempotency_key : KnownHeader::x_request_id;
  const auto id = call.headers[header];
  call.request_id =
      info_of(Param::x_request_id).valid(id) ? std::string(id) : make_request_id(call.now);
}

}  // namespace pim::api
