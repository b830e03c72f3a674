// What /version, `pim version` and pim_build_info say of how this was built.
#pragma once

#include <string_view>

namespace pim::api {

std::string_view build_commit();  // 12 hex digits, or `unknown` where it was built outside of Git
std::string_view build_compiler();

}  // namespace pim::api
