#include "api/build_info.h"

#ifndef PIM_COMMIT
#define PIM_COMMIT "unknown"
#endif

namespace pim::api {

std::string_view build_commit() { return PIM_COMMIT; }

std::string_view build_compiler() {
#ifdef __clang__
  return __VERSION__;  // begins with its name
#else
  return "GCC " __VERSION__;
#endif
}

}  // namespace pim::api
