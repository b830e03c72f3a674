// The wire format of protobuf, read back by tests: independent of what wrote it.
// Source: https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace pim::telemetry {

// Both take what they give off the front of `rest`, and throw where that is not there.
inline std::uint64_t read_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !rest.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("a varint that does not end");
}

inline std::string_view read_bytes(std::string_view& rest, std::uint64_t size) {
  if (size > rest.size()) throw std::runtime_error("a message that ends too soon");
  const auto taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

}  // namespace pim::telemetry
