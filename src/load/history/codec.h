// The bytes of a history (docs/formats/history.md), written and read at the same place.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pim::load::history_format {

inline constexpr std::string_view kMagic = "PIM-HIST";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 24;       // magic, version, zero, started_at
inline constexpr std::size_t kBlockHeaderBytes = 12;  // length, checksum
inline constexpr std::size_t kBlockBytes = 64 * 1024;
// A block is begun anew before its limit, but holds at least one record.
inline constexpr std::size_t kMaxBlockBytes = 4 * kBlockBytes;

enum class Tag : std::uint8_t { name = 1, invoke = 2, complete = 3, seal = 4 };

enum InvokeFlag : std::uint8_t {
  kRead = 1,
  kUuidRequest = 2,
  kHasStream = 4,
  kHasExpected = 8,
  kHasMinPosition = 16,
  kIsRetry = 32,
};
enum CompleteFlag : std::uint8_t {
  kOutcomeBits = 3,
  kReplayed = 4,
  kHasVersion = 8,
  kHasPosition = 16,
  kHasProblem = 32,
  kHasAnswer = 64,
};

inline void put_byte(std::string& out, unsigned value) { out += static_cast<char>(value); }
template <class Number>
void put_fixed(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) put_byte(out, (value >> (8 * i)) & 0xffU);
}
// LEB128
inline void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) put_byte(out, (value & 0x7fU) | 0x80U);
  put_byte(out, static_cast<unsigned>(value));
}
// Zigzag
inline void put_signed(std::string& out, std::int64_t value) {
  put_number(out,
             static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63));
}
inline void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

// Reads past the end give zeros, and ok() is false from then on.
class Cursor {
 public:
  Cursor() = default;
  explicit Cursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }

  std::uint8_t byte() { return at_ < end_ ? static_cast<std::uint8_t>(*at_++) : fail(); }
  template <class Number>
  Number fixed() {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
      value |= static_cast<Number>(static_cast<Number>(byte()) << (8 * i));
    }
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7fU) << shift;
      if (next < 0x80) return value;
    }
    return fail();
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1U));
  }
  std::string_view bytes(std::uint64_t count) {
    if (count > static_cast<std::uint64_t>(end_ - at_)) {
      fail();
      return {};
    }
    const std::string_view part(at_, count);
    at_ += count;
    return part;
  }
  std::string_view text() { return bytes(number()); }

 private:
  std::uint8_t fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  bool ok_ = true;
};

}  // namespace pim::load::history_format
