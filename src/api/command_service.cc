#include "api/command_service.h"

#include <algorithm>

#include "api/ascii.h"
#include "api/idempotency.h"
#include "domain/command_json.h"
#include "domain/ids_text.h"
#include "domain/rejection.h"
#include "routing/position.h"
#include "spine/answers.h"

namespace pim::api {
namespace {

using spine::CommandReply;
using spine::CommandRequest;
using spine::Outcome;

// `application/json`, with at most `charset=utf-8` behind it.
bool is_json_type(std::string_view value) {
  const auto semicolon = value.find(';');
  if (!equals_ignoring_case(trim(value.substr(0, semicolon)), "application/json")) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto parameter = trim(value.substr(semicolon + 1));
  return equals_ignoring_case(parameter, "charset=utf-8") ||
         equals_ignoring_case(parameter, "charset=\"utf-8\"");
}

Result<TenantId, Problem> tenant_of(const Call& call) {
  const auto& tenants = call.caller->tenants;
  const bool creates_stream = call.route->stream() && !call.route->addresses_stream();
  const auto named = call.header(KnownHeader::pim_tenant);
  if (creates_stream && named) {
    const auto found = std::find_if(tenants.begin(), tenants.end(),
                                    [&](const auto& tenant) { return tenant.text() == *named; });
    if (found != tenants.end()) return *found;
    return Err{Problem::of(problems::kTenantForbidden, {}, "pim-tenant")};
  }
  if (creates_stream && tenants.size() > 1) {
    return Err{Problem::of(problems::kTenantRequired, {}, "pim-tenant")};
  }
  return tenants.front();
}

// The path's values that are the command's fields: all but the id of the stream itself. And the id
// of what is created, where the body names none.
PresetFields presets_of(const Call& call) {
  PresetFields presets;
  for (const auto& [param, value] : call.path) {
    if (call.route->addresses_stream() && param == call.path.front().param) continue;
    presets.emplace_back(param->name, value);
  }
  const auto created = call.route->created_id;
  if (!created.empty()) {
    const std::string quoted = '"' + std::string(created) + '"';
    if (call.request().body.find(quoted) == std::string::npos) {
      presets.emplace_back(created, derived_id(call.caller->user, call.request_id).to_string());
    }
  }
  return presets;
}

std::string reason_of(const Command& command) {
  return std::visit(
      [](const auto& each) -> std::string {
        if constexpr (requires { each.reason; }) {
          return each.reason.text();
        } else {
          return {};
        }
      },
      command);
}

StreamId stream_of(const Call& call, const Command& command) {
  // NOLINTBEGIN(bugprone-unchecked-optional-access): request_checks has refused what is no id, and
  // a route that addresses no stream takes a command that creates one
  if (call.route->addresses_stream()) return StreamId{*Uuid::parse(call.path.front().value)};
  return StreamId{*created_id(command)};
  // NOLINTEND(bugprone-unchecked-optional-access)
}

Problem json_problem(const JsonError& error) {
  if (error.field.empty()) {
    return Problem::of(problems::kBadJson, "The body " + error.message + ".");
  }
  return Problem::of(problems::kBadField, error.field + ": " + error.message + ".", error.field);
}

std::string etag(Version version) {
  std::string text = "\"";
  append_number(text, version);
  text += '"';
  return text;
}

// Whole seconds, at least one.
std::string retry_after(std::chrono::milliseconds wait) {
  return std::to_string(std::max<std::int64_t>(1, (wait.count() + 999) / 1000));
}

std::string_view parameter(const CommandReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.problem_params) {
    if (key == name) return value;
  }
  return {};
}

audit::EntryKind kind_of(std::uint16_t status) {
  return status >= 500 ? audit::EntryKind::failed : audit::EntryKind::rejected;
}

struct CreatedId {
  std::optional<Uuid> operator()(const RegisterPatient& c) { return c.patient_id.value; }
  std::optional<Uuid> operator()(const RegisterProvider& c) { return c.provider_id.value; }
  std::optional<Uuid> operator()(const RegisterFacility& c) { return c.facility_id.value; }
  std::optional<Uuid> operator()(const AdmitEncounter& c) { return c.encounter_id.value; }
  std::optional<Uuid> operator()(const RecordDiagnosis& c) { return c.diagnosis_id.value; }
  std::optional<Uuid> operator()(const RecordProcedure& c) { return c.procedure_id.value; }
  std::optional<Uuid> operator()(const PrescribeMedication& c) { return c.medication_id.value; }
  std::optional<Uuid> operator()(const OpenBill& c) { return c.bill_id.value; }
  template <class C>
  std::optional<Uuid> operator()(const C&) {
    return std::nullopt;
  }
};

}  // namespace

std::optional<Uuid> created_id(const Command& command) { return std::visit(CreatedId{}, command); }

Problem problem_of(const CommandReply& reply) {
  switch (reply.outcome) {
    case Outcome::rejected:
    case Outcome::not_found: {
      const RejectionInfo* info = find_rejection(reply.problem_type);
      if (info != nullptr) {
        return Problem::of(*info, rejection_detail({info->type, reply.problem_params}));
      }
      if (reply.outcome == Outcome::not_found) return Problem::of(problems::kNotFound);
      return Problem::of(problems::kConflict, reply.problem_type);
    }
    case Outcome::stale: {
      const auto actual = parameter(reply, "actual");
      std::string detail;
      if (!actual.empty()) detail = "The present version is " + std::string(actual) + ".";
      return Problem::of(problems::kStaleVersion, std::move(detail), "if-match");
    }
    case Outcome::key_reused:
      return Problem::of(problems::kKeyReused, {}, "idempotency-key");
    case Outcome::disk_low:
      return Problem::of(problems::kDiskLow);
    case Outcome::accepted:
    case Outcome::overloaded:
    case Outcome::deadline:
    case Outcome::not_applied:
    case Outcome::unknown:
      break;
  }
  const ProblemInfo& info = reply.outcome == Outcome::overloaded    ? problems::kOverloaded
                            : reply.outcome == Outcome::deadline    ? problems::kDeadlineExceeded
                            : reply.outcome == Outcome::not_applied ? problems::kNotApplied
                                                                    : problems::kOutcomeUnknown;
  Problem problem = Problem::of(info);
  problem.outcome = &info == &problems::kOutcomeUnknown ? "unknown" : "not-applied";
  return problem;
}

std::optional<Response> CommandService::turn_away(const Call& call, StreamId stream) const {
  if (!spine_.turn_away(stream)) return std::nullopt;
  const CommandReply refused = spine::plain_reply(Outcome::overloaded);
  Response response = call.problem(problem_of(refused));
  response.shed = true;
  add_header(response, "retry-after", retry_after(refused.retry_after));
  add_shard(response, stream);
  add_header(response, "idempotency-key", call.request_id);
  return response;
}

Result<CommandRequest, Problem> CommandService::read(const Call& call) const {
  const std::string& body = call.request().body;
  if (!body.empty() && !is_json_type(call.headers[KnownHeader::content_type])) {
    return Err{Problem::of(problems::kUnsupportedMediaType, {}, "content-type")};
  }
  auto tenant = tenant_of(call);
  if (!tenant) return Err{std::move(tenant.error())};
  auto command = command_from_json(call.route->command, body, presets_of(call));
  if (!command) return Err{json_problem(command.error())};

  CommandRequest request;
  request.stream = stream_of(call, *command);
  const auto if_match = call.headers[KnownHeader::if_match];
  if (if_match.size() > 1) {
    request.if_match = parse_decimal(if_match.substr(1, if_match.size() - 2));
  }
  request.origin.tenant = std::move(*tenant);
  request.origin.user_id = call.caller->user;
  request.origin.role = to_string(call.caller->role);
  request.origin.request_id = call.request_id;
  request.origin.trace_id = call.trace.trace_id;
  request.origin.span_id = call.trace.span_id;
  request.origin.recorded_at = call.now;
  request.origin.reason = reason_of(*command);
  request.tenants = call.caller->tenants;
  request.fingerprint =
      command_fingerprint(call.request().method, call.target.path, body, if_match);
  request.deadline = call.deadline;
  request.sampled = call.trace.sampled;
  request.command = std::move(*command);
  return request;
}

Response CommandService::render(const Call& call, const CommandReply& reply, StreamId stream,
                                std::optional<Uuid> created) const {
  Response response;
  if (reply.outcome == Outcome::accepted) {
    response = render_accepted(call, reply, stream, created);
  } else {
    Problem problem = problem_of(reply);
    const bool recorded = trail_.record(
        call, {.kind = kind_of(problem.status), .status = problem.status, .rule = problem.name});
    const bool again = problem.status == 503 || problem.status == 507;
    // what is not on record is not told; but a failure stays the failure that it is
    if (!recorded && !again) {
      problem = Problem::of(problems::kAuditUnavailable);
      problem.outcome = "not-applied";
    }
    response = call.problem(problem);
    response.shed = reply.outcome == Outcome::overloaded;
    if (problem.status >= 500) add_header(response, "retry-after", retry_after(reply.retry_after));
    if (recorded && reply.outcome == Outcome::stale) {
      add_header(response, "etag", etag(reply.version));
    }
  }
  add_shard(response, stream);
  add_header(response, "idempotency-key", call.request_id);
  if (reply.replayed) add_header(response, "idempotency-replayed", "true");
  return response;
}

void CommandService::add_shard(Response& response, StreamId stream) const {
  const BucketId bucket = bucket_of(stream.value);
  add_header(response, "pim-shard", std::to_string(default_shard(bucket, shards_).value));
}

Response CommandService::render_accepted(const Call& call, const CommandReply& reply,
                                         StreamId stream, std::optional<Uuid> created) const {
  Response response;
  response.status = call.route->success;
  std::string& body = response.body;
  body.reserve(192);
  body += '{';
  if (created) {
    body += "\"id\":\"";
    append_uuid(body, *created);
    body += "\",";
  }
  body += "\"stream\":\"";
  append_uuid(body, stream.value);
  body += "\",\"version\":";
  append_number(body, reply.version);
  body += ",\"bucket\":";
  append_number(body, reply.bucket.value);
  body += ",\"position\":";
  append_number(body, reply.last_position);
  body += ",\"events\":";
  append_number(body, reply.events);
  body += '}';

  add_header(response, "etag", etag(reply.version));
  if (reply.last_position > 0) {
    const PositionToken token{reply.bucket, reply.epoch, reply.last_position};
    add_header(response, "pim-position", token.to_string());
  }
  if (created && !call.route->location.empty()) {
    std::string location(call.route->location);
    const auto put = [&](std::string_view name, const Uuid& id) {
      const auto at = location.find(name);
      if (at != std::string::npos) location.replace(at, name.size(), id.to_string());
    };
    put("{id}", *created);
    put("{patient_id}", stream.value);
    add_header(response, "location", location);
  }
  return response;
}

}  // namespace pim::api
