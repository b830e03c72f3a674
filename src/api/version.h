// What /version and /openapi.json say this is.
#pragma once

#include <string_view>

namespace pim::api {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace pim::api
