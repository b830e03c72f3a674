// A request of a run as bytes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "load/run/ask.h"

namespace pim::load {

// Appends the whole request. `shared`: shared_headers() of its user. `left`: what the client will
// wait, which the server is told.
void append_request(std::string& out, const Ask& request, std::string_view shared,
                    std::chrono::nanoseconds left);

}  // namespace pim::load
