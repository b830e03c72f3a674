#include "load/scenario/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace pim::load {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t nanos;
};
constexpr auto kDurationUnits = std::to_array<DurationUnit>({
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
});
constexpr double kMostNanos = 10 * 365.0 * 86'400 * 1e9;

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  const auto* const found = std::ranges::find(kDurationUnits, unit, &DurationUnit::name);
  if (found == kDurationUnits.end()) return std::nullopt;
  const double nanos = value * static_cast<double>(found->nanos);
  if (!(nanos >= 0 && nanos <= kMostNanos)) return std::nullopt;  // nor NaN
  return std::chrono::nanoseconds(std::llround(nanos));
}

std::string show_duration(std::chrono::nanoseconds duration) {
  if (duration.count() == 0) return "0s";
  const DurationUnit* best = kDurationUnits.data();
  for (const auto& unit : kDurationUnits) {
    if (duration.count() % unit.nanos == 0) best = &unit;
  }
  return std::to_string(duration.count() / best->nanos) + std::string(best->name);
}

std::string show_number(double value) {
  std::array<char, 512> text{};  // room for 1e308
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end};
}

}  // namespace pim::load
