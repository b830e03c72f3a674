#include "api/problem.h"

#include <array>
#include <charconv>

#include "domain/json.h"

namespace pim::api {
namespace problems {

constinit const ProblemInfo kMalformedRequest{
    "malformed-request", 400, "The bytes are not a well-formed HTTP request.",
    "Send HTTP/1.1 as RFC 9112 has it; the connection was closed."};
constinit const ProblemInfo kRequestTimeout{"request-timeout", 408,
                                            "The request did not arrive in time.",
                                            "Send head and body without long pauses."};
constinit const ProblemInfo kBodyTooLarge{"body-too-large", 413, "The body is too large.",
                                          "Send at most 64 KiB."};
constinit const ProblemInfo kHeadersTooLarge{"headers-too-large", 431,
                                             "The request's head is too large.",
                                             "Send at most 16 KiB and 100 header lines."};
constinit const ProblemInfo kHttpVersion{
    "http-version", 505, "This version of HTTP is not spoken here.", "Use HTTP/1.1."};
constinit const ProblemInfo kExpectationFailed{"expectation-failed", 417,
                                               "The expectation cannot be met.",
                                               "Send no Expect but 100-continue."};
constinit const ProblemInfo kTooManyConnections{
    "too-many-connections", 503, "Too many connections are open.",
    "Close idle connections, or try again after the time in Retry-After."};

constinit const ProblemInfo kBadTarget{"bad-target", 400, "The request's target cannot be read.",
                                       "Send a path with valid percent-escapes."};
constinit const ProblemInfo kNoRoute{"no-route", 404, "There is nothing at this path.",
                                     "See /openapi.json for the paths there are."};
constinit const ProblemInfo kMethodNotAllowed{"method-not-allowed", 405,
                                              "The resource does not have this method.",
                                              "Use one of the methods that Allow names."};
constinit const ProblemInfo kBadParameter{"bad-parameter", 400,
                                          "A path or query parameter has a wrong value.",
                                          "Correct the parameter that `field` names."};
constinit const ProblemInfo kUnknownParameter{"unknown-parameter", 400,
                                              "A query parameter is unknown or repeated.",
                                              "Send only the parameters that /openapi.json lists."};
constinit const ProblemInfo kBadHeader{"bad-header", 400,
                                       "A request header has a wrong value or is repeated.",
                                       "Correct the header that `field` names."};
constinit const ProblemInfo kUnsupportedMediaType{"unsupported-media-type", 415,
                                                  "The body is not of a type that is read here.",
                                                  "Send Content-Type: application/json."};
constinit const ProblemInfo kBadJson{"bad-json", 400, "The body is not valid JSON.",
                                     "Send one JSON object in UTF-8, at most 32 levels deep."};
constinit const ProblemInfo kBadField{"bad-field", 400, "A field of the body is wrong.",
                                      "Correct the field that `field` points at."};
constinit const ProblemInfo kBodyNotAllowed{"body-not-allowed", 400,
                                            "A query must not have a body.",
                                            "Send the query's parameters in its target."};
constinit const ProblemInfo kTenantRequired{
    "tenant-required", 400, "The token carries several tenants.",
    "Name the tenant of what is created in the header Pim-Tenant."};
constinit const ProblemInfo kBadCursor{"bad-cursor", 400, "The cursor is not one of this query.",
                                       "Send back a `next_cursor` unchanged, or start over."};

constinit const ProblemInfo kUnauthenticated{"unauthenticated", 401,
                                             "The request has no valid bearer token.",
                                             "Send Authorization: Bearer and a token in force."};
constinit const ProblemInfo kForbidden{"forbidden", 403, "The token's role may not do this.",
                                       "Use a token with a role that may."};
constinit const ProblemInfo kTenantForbidden{"tenant-forbidden", 403,
                                             "The token does not carry this tenant.",
                                             "Name one of the token's tenants."};

constinit const ProblemInfo kNotFound{
    "not-found", 404, "The resource does not exist, or not for this caller.", "Check the id."};
constinit const ProblemInfo kStaleVersion{
    "stale-version", 412, "The resource has changed.",
    "Read it again and decide with its present version; ETag has it."};
constinit const ProblemInfo kKeyReused{
    "key-reused", 422, "The idempotency key belongs to another request.",
    "Use a new key for a new request; repeat a request unchanged."};
constinit const ProblemInfo kConflict{"conflict", 409, "The command was turned down.",
                                      "Read the resource again."};
constinit const ProblemInfo kPositionLost{
    "position-lost", 409,
    "The position is not in the history: lost in a restore, or never given out.",
    "The write it stands for is gone: read the resource and write again if needed."};

constinit const ProblemInfo kProfilerOff{
    "profiler-off", 404, "The profiler of this process is off.", "Start it with --profile-hz 100."};

constinit const ProblemInfo kOverloaded{"overloaded", 503, "The service has too much to do.",
                                        "Try again after the time in Retry-After."};
constinit const ProblemInfo kDeadlineExceeded{"deadline-exceeded", 503,
                                              "The deadline passed before anything was done.",
                                              "Try again with a longer Pim-Deadline-Ms."};
constinit const ProblemInfo kNotApplied{"not-applied", 503,
                                        "The command was not applied, through no fault of its own.",
                                        "Send it again with the same Idempotency-Key."};
constinit const ProblemInfo kOutcomeUnknown{
    "outcome-unknown", 503, "It is not known whether the command was applied.",
    "Send it again with the same Idempotency-Key: the answer tells."};
constinit const ProblemInfo kReadTimeout{
    "read-timeout", 503, "The read model did not reach the wanted position in time.",
    "Try again, or leave out Pim-Min-Position."};
constinit const ProblemInfo kReadUnavailable{"read-unavailable", 503,
                                             "The read model cannot be read now.",
                                             "Try again after the time in Retry-After."};
constinit const ProblemInfo kAuditUnavailable{
    "audit-unavailable", 503, "The audit journal cannot be written, so nothing is shown.",
    "Try again after the time in Retry-After."};
constinit const ProblemInfo kDraining{"draining", 503, "The service is shutting down.",
                                      "Try another node, or again in a moment."};
constinit const ProblemInfo kDiskLow{"disk-low", 507, "The disk is nearly full: reads only.",
                                     "Try again when an operator has made space."};
constinit const ProblemInfo kInternal{"internal", 500, "The service failed.",
                                      "Report it with the trace id."};
constinit const ProblemInfo kOperationFailed{"operation-failed", 500,
                                             "The operation could not be carried out.",
                                             "The detail says what stood in its way."};

}  // namespace problems

namespace {

constexpr auto kCatalogue = std::to_array<const ProblemInfo*>({&problems::kMalformedRequest,
                                                               &problems::kBadTarget,
                                                               &problems::kBadParameter,
                                                               &problems::kUnknownParameter,
                                                               &problems::kBadHeader,
                                                               &problems::kBadJson,
                                                               &problems::kBadField,
                                                               &problems::kBadCursor,
                                                               &problems::kBodyNotAllowed,
                                                               &problems::kTenantRequired,
                                                               &problems::kUnauthenticated,
                                                               &problems::kForbidden,
                                                               &problems::kTenantForbidden,
                                                               &problems::kNoRoute,
                                                               &problems::kNotFound,
                                                               &problems::kMethodNotAllowed,
                                                               &problems::kRequestTimeout,
                                                               &problems::kConflict,
                                                               &problems::kPositionLost,
                                                               &problems::kProfilerOff,
                                                               &problems::kStaleVersion,
                                                               &problems::kBodyTooLarge,
                                                               &problems::kUnsupportedMediaType,
                                                               &problems::kExpectationFailed,
                                                               &problems::kKeyReused,
                                                               &problems::kHeadersTooLarge,
                                                               &problems::kInternal,
                                                               &problems::kOperationFailed,
                                                               &problems::kTooManyConnections,
                                                               &problems::kOverloaded,
                                                               &problems::kDeadlineExceeded,
                                                               &problems::kNotApplied,
                                                               &problems::kOutcomeUnknown,
                                                               &problems::kReadTimeout,
                                                               &problems::kReadUnavailable,
                                                               &problems::kAuditUnavailable,
                                                               &problems::kDraining,
                                                               &problems::kHttpVersion,
                                                               &problems::kDiskLow});

}  // namespace

std::span<const ProblemInfo* const> problem_catalogue() { return kCatalogue; }

Problem Problem::of(const ProblemInfo& info, std::string detail, std::string field) {
  return {info.name, info.status, info.title, std::move(detail), std::move(field), {}};
}

Problem Problem::of(const RejectionInfo& info, std::string detail) {
  const std::uint16_t status = info.status_class == RejectionClass::not_found ? 404 : 409;
  return {info.type, status, info.title, std::move(detail), {}, {}};
}

std::string render_problem(const Problem& problem, const ProblemContext& context) {
  std::string out;
  out.reserve(384);
  const auto member = [&](std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    append_json_string(out, value);
  };
  out += "{\"type\":\"";
  out += kProblemPrefix;
  out += problem.name;
  out += "\",\"title\":";
  append_json_string(out, problem.title);
  out += ",\"status\":";
  char digits[8];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, problem.status).ptr);
  if (!problem.detail.empty()) member("detail", problem.detail);
  if (!problem.field.empty()) member("field", problem.field);
  if (!problem.outcome.empty()) member("outcome", problem.outcome);
  member("request_id", context.request_id);
  member("trace_id", context.trace_id);
  out += '}';
  return out;
}

Response problem_response(const Problem& problem, const ProblemContext& context) {
  Response response;
  response.status = problem.status;
  response.content_type = kProblemType;
  response.problem = problem.name;
  response.body = render_problem(problem, context);
  return response;
}

}  // namespace pim::api
