// The limits of the integers in commands, by field name. The strict JSON reader, the JSON Schema
// and decide() read this one table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pim {

struct Bound {
  std::string_view field;
  std::int64_t min;
  std::int64_t max;
  constexpr bool holds(std::int64_t value) const { return value >= min && value <= max; }
};

inline constexpr auto kBounds = std::to_array<Bound>({
    {"birth_year", 1900, 2100},
    {"deceased_year", 1900, 2100},
    {"beds", 0, 100'000},
    {"rank", 1, 99},
    {"quantity", 1, 100'000},
    {"qty", 1, 100'000},
    {"line_no", 1, 1'000'000},
    // 2^53 - 1: the largest integer that every JSON reader keeps exactly
    {"unit_cents", 0, 9'007'199'254'740'991},
});

// nullopt where the table has no such field.
constexpr std::optional<Bound> find_bound(std::string_view field) {
  for (const auto& bound : kBounds) {
    if (bound.field == field) return bound;
  }
  return std::nullopt;
}

}  // namespace pim
