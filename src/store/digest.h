// SHA-256 digests, and the per-bucket chain that they form.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim::store {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};  // all zero: the start of a chain
  auto operator<=>(const Digest&) const = default;
  std::string to_hex() const;
  static std::optional<Digest> from_hex(std::string_view hex);
};

Digest sha256(std::string_view bytes);

}  // namespace pim::store
