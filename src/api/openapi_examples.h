// A body for each command that the strict reader takes: what OpenAPI shows, and what generated
// tests send.
#pragma once

#include <string_view>

namespace pim::api {

// JSON; `{}` for a command whose fields all come from the path.
std::string_view example_body(std::string_view command);

}  // namespace pim::api
