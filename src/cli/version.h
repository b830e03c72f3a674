#pragma once

#include <string_view>

namespace pim::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace pim::cli
