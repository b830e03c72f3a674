// Problem details (RFC 9457): every error body is one of these. docs/errors.md lists them; a test
// keeps the two alike.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/http.h"
#include "domain/rejection.h"

namespace pim::api {

struct ProblemInfo {
  std::string_view name;  // the `type` is `urn:pim:problem:` + name, for ever
  std::uint16_t status;
  std::string_view title;   // one sentence, no parameters
  std::string_view remedy;  // what the caller can do
};

inline constexpr std::string_view kProblemPrefix = "urn:pim:problem:";
inline constexpr std::string_view kProblemType = "application/problem+json";

namespace problems {
// The request as HTTP
extern const ProblemInfo kMalformedRequest, kRequestTimeout, kBodyTooLarge, kHeadersTooLarge,
    kHttpVersion, kExpectationFailed, kTooManyConnections;
// The request as one of ours
extern const ProblemInfo kBadTarget, kNoRoute, kMethodNotAllowed, kBadParameter, kUnknownParameter,
    kBadHeader, kUnsupportedMediaType, kBadJson, kBadField, kBodyNotAllowed, kTenantRequired,
    kBadCursor;
// The caller
extern const ProblemInfo kUnauthenticated, kForbidden, kTenantForbidden;
// The state
extern const ProblemInfo kNotFound, kStaleVersion, kKeyReused, kConflict, kPositionLost,
    kProfilerOff;
// The service
extern const ProblemInfo kOverloaded, kDeadlineExceeded, kNotApplied, kOutcomeUnknown, kReadTimeout,
    kReadUnavailable, kAuditUnavailable, kDraining, kDiskLow, kInternal, kOperationFailed;
}  // namespace problems

// Without the domain's rejections, which rejection_catalogue() lists.
std::span<const ProblemInfo* const> problem_catalogue();

// One occurrence. The views live as long as the rendering takes.
struct Problem {
  std::string_view name;
  std::uint16_t status = 500;
  std::string_view title;
  std::string detail;
  std::string field;         // a JSON pointer into the body, or the name of a parameter or header
  std::string_view outcome;  // of a command that ended in 503: unknown | not-applied

  static Problem of(const ProblemInfo& info, std::string detail = {}, std::string field = {});
  static Problem of(const RejectionInfo& info, std::string detail);
};

struct ProblemContext {
  std::string_view request_id;
  std::string_view trace_id;  // 32 hex
};

std::string render_problem(const Problem& problem, const ProblemContext& context);
// The response with body, status and content type; the caller adds its headers.
Response problem_response(const Problem& problem, const ProblemContext& context);

}  // namespace pim::api
