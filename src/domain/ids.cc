#include "domain/ids.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/ids_text.h"

namespace pim {
namespace {

constexpr std::array<std::uint8_t, 256> hex_values() {
  std::array<std::uint8_t, 256> table{};
  table.fill(0xFF);
  for (unsigned i = 0; i < 10; ++i) table['0' + i] = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i) {
    table['a' + i] = static_cast<std::uint8_t>(10 + i);
    table['A' + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}
constexpr auto kHexValue = hex_values();
constexpr std::string_view kHexDigits = "0123456789abcdef";

// Where each byte's two digits stand in the 8-4-4-4-12 form.
constexpr std::array<std::uint8_t, 16> kByteAt{0,  2,  4,  6,  9,  11, 14, 16,
                                               19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> kHyphenAt{8, 13, 18, 23};

std::array<char, kUuidChars> to_chars(const Uuid& id) {
  std::array<char, kUuidChars> text;
  for (auto at : kHyphenAt) text[at] = '-';
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    text[kByteAt[i]] = kHexDigits[id.bytes[i] >> 4];
    text[kByteAt[i] + 1U] = kHexDigits[id.bytes[i] & 0x0F];
  }
  return text;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kUuidChars) return std::nullopt;
  for (auto at : kHyphenAt) {
    if (text[at] != '-') return std::nullopt;
  }
  Uuid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const auto high = kHexValue[static_cast<unsigned char>(text[kByteAt[i]])];
    const auto low = kHexValue[static_cast<unsigned char>(text[kByteAt[i] + 1U])];
    if ((high | low) > 0x0F) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  return id;
}

std::string Uuid::to_string() const {
  const auto text = to_chars(*this);
  return {text.data(), text.size()};
}

void append_uuid(std::string& out, const Uuid& id) {
  const auto text = to_chars(id);
  out.append(text.data(), text.size());
}

Uuid uuid_v7(std::int64_t unix_ms, std::uint64_t random_hi, std::uint64_t random_lo) {
  const auto time = static_cast<std::uint64_t>(unix_ms) << 16;
  const std::uint64_t high = time | 0x7000U | (random_hi & 0x0FFFU);
  const std::uint64_t low =
      (std::uint64_t{0b10} << 62) | (random_lo & ((std::uint64_t{1} << 62) - 1));
  Uuid id;
  for (unsigned i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

std::string_view to_string(StreamKind kind) {
  switch (kind) {
    case StreamKind::patient:
      return "patient";
    case StreamKind::provider:
      return "provider";
    case StreamKind::facility:
      return "facility";
  }
  return "unknown";
}

std::optional<StreamKind> parse_stream_kind(std::string_view text) {
  for (auto kind : {StreamKind::patient, StreamKind::provider, StreamKind::facility}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace pim
