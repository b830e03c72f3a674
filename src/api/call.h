// One request on its way through the front: what is known of it so far.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "api/jwt.h"
#include "api/known_headers.h"
#include "api/problem.h"
#include "api/router.h"
#include "api/target.h"
#include "domain/ids.h"
#include "routing/bucket.h"
#include "spine/spine.h"
#include "telemetry/trace.h"

namespace pim::api {

struct Call {
  std::shared_ptr<Exchange> exchange;
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point deadline;
  UtcMillis now;

  KnownHeaders headers;
  Target target;
  const Route* route = nullptr;
  std::vector<PathValue> path;  // views into target

  telemetry::TraceContext trace;              // this server's span; sampled: it is kept
  std::array<std::uint8_t, 8> caller_span{};  // its parent; all zero: none
  std::string trace_state;                    // of a caller whose trace is kept
  std::string request_id;
  std::shared_ptr<const Principal> caller;  // null on open routes

  // What its trace and its metrics are made of, as far as it came.
  std::chrono::steady_clock::time_point admitted;
  std::chrono::steady_clock::time_point query_began;
  spine::CommandTiming command;
  std::optional<BucketId> bucket;
  std::optional<ShardId> shard;

  const Request& request() const { return exchange->request(); }
  // Empty where the path has no such parameter.
  std::string_view path_value(Param param) const;
  // nullopt where the query has no such parameter.
  std::optional<std::string_view> query_value(Param param) const;
  // The patient whose data it is about, where the path names one.
  std::optional<PatientId> patient() const;
  // The header's value, where it is there; `header` has passed its check.
  std::optional<std::string_view> header(KnownHeader header) const;

  Response problem(const Problem& problem) const;
};

// `name: value` and CRLF onto a response's headers. `value` must be free of CR and LF.
void add_header(Response& response, std::string_view name, std::string_view value);

}  // namespace pim::api
