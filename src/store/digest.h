// SHA-256 digests, and the per-bucket chain that they form.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
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

// HMAC-SHA256 (RFC 2104).
Digest hmac_sha256(std::string_view key, std::string_view message);

// SHA-256 of what does not fit into memory.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::string_view bytes);
  Digest finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pim::store
