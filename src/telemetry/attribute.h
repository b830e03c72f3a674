// What spans and log records are both made of. Keys follow the OpenTelemetry semantic conventions;
// docs/telemetry.md lists ours. Never a patient identifier.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace pim::telemetry {

using WallTime = std::chrono::system_clock::time_point;

struct Attribute {
  std::string_view key;  // outlives what it is put into: a literal
  std::variant<bool, std::int64_t, double, std::string> value;
};

}  // namespace pim::telemetry
