// One question to a ruler: Mimir, or Prometheus below `/prometheus`.
#pragma once

#include <cstdint>
#include <string>

#include "domain/result.h"

namespace pim::load {

// The body of a 200, within 30 seconds. The error names the ruler.
Result<std::string, std::string> ask_ruler(const std::string& host, std::uint16_t port,
                                           const std::string& target);

}  // namespace pim::load
