// A fact to be told: a line of the log, or an event. Never a patient identifier: buckets and shards
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/attribute.h"
#include "telemetry/trace.h"

namespace pim::telemetry {

enum class Level : std::uint8_t { debug, info, warn, error };
inline constexpr std::size_t kLevels = 4;
std::string_view to_string(Level level);

struct LogRecord {
  WallTime time;
  Level level = Level::info;
  std::string body;
  std::optional<TraceContext> trace;  // the span that it is of
  std::vector<Attribute> attributes;
};

// Cuts texts longer than these, at a character, and puts `?` for bytes that are no UTF-8: a
// receiver would refuse the whole batch for them.
inline constexpr std::size_t kLongestBody = 1024;   // bytes
inline constexpr std::size_t kLongestValue = 1024;  // bytes
void make_fit(LogRecord& record);

// One JSON object, and one line for a reader; each with its line feed.
std::string json_line(const LogRecord& record);
std::string text_line(const LogRecord& record);

}  // namespace pim::telemetry
