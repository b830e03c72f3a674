// What holds for every route: its parameters and headers, and the ids a call goes by.
#pragma once

#include <chrono>
#include <optional>

#include "api/call.h"
#include "api/problem.h"

namespace pim::api {

// The first thing that is wrong with the path's, the query's and the headers' values.
std::optional<Problem> check_parameters(const Call& call);

// Sets trace and request id, from the request where it brings valid ones. Before the route is
// known, the request id is X-Request-Id's.
void identify(Call& call, telemetry::Tracer* tracer);

}  // namespace pim::api
