#include "api/idempotency.h"

#include <algorithm>

#include "telemetry/trace.h"

namespace pim::api {
namespace {

void append_framed(std::string& out, std::string_view part) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out += static_cast<char>((static_cast<std::uint64_t>(part.size()) >> shift) & 0xff);
  }
  out += part;
}

}  // namespace

std::string make_request_id(UtcMillis now) {
  return uuid_v7(now.value, telemetry::random_bits(), telemetry::random_bits()).to_string();
}

Uuid derived_id(std::string_view user, std::string_view key) {
  std::string input(user);
  input += '\0';
  input += key;
  const store::Digest digest = store::sha256(input);
  Uuid id;
  std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0fU) | 0x80U);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3fU) | 0x80U);
  return id;
}

store::Digest command_fingerprint(std::string_view method, std::string_view path,
                                  std::string_view body, std::string_view if_match) {
  std::string input;
  input.reserve(method.size() + path.size() + body.size() + if_match.size() + 32);
  append_framed(input, method);
  append_framed(input, path);
  append_framed(input, body);
  append_framed(input, if_match);
  return store::sha256(input);
}

std::string query_fingerprint(std::string_view method, std::string_view target) {
  std::string input;
  append_framed(input, method);
  append_framed(input, target);
  return store::sha256(input).to_hex();
}

}  // namespace pim::api
