// Numbers and durations as people write them: "250us", "50ms", "1.5s", "2m", "1h".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pim::load {

// A number and its unit, 0 or more, up to ten years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// In the largest unit that leaves no fraction: "90s", "2m", "1500us"; "0s".
std::string show_duration(std::chrono::nanoseconds duration);

// The shortest that is read back as the same, without an exponent: "0.1", "1000000".
std::string show_number(double value);

}  // namespace pim::load
