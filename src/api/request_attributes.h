// What its span and its log line both say of a request that has been answered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "telemetry/attribute.h"

namespace pim::api {

// The method, or `_OTHER`: any text may stand in its place, and these must be few.
std::string_view known_method(const Call& call);
// `ok`, or the problem's name.
std::string_view outcome_of(const Response& response);

// `region`: where this node is.
std::vector<telemetry::Attribute> request_attributes(const Call& call, const Response& response,
                                                     std::string_view region);

}  // namespace pim::api
