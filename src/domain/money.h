// U.S. dollars as signed 64-bit cents. No operation wraps: overflow is a value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace pim {

struct Cents {
  std::int64_t value = 0;
  auto operator<=>(const Cents&) const = default;
};

// nullopt on overflow.
inline std::optional<Cents> add(Cents a, Cents b) {
  Cents sum;
  if (__builtin_add_overflow(a.value, b.value, &sum.value)) return std::nullopt;
  return sum;
}
inline std::optional<Cents> multiply(Cents unit, std::int64_t quantity) {
  Cents product;
  if (__builtin_mul_overflow(unit.value, quantity, &product.value)) return std::nullopt;
  return product;
}

}  // namespace pim
