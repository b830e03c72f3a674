// Rows as text, without a call to a library: a growing buffer, and digits from tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "data/generate/philox.h"

namespace pim::data::generate {

// A short text that is always copied as a whole; a code, a name.
struct Word {
  static constexpr std::size_t kRoom = 31;
  char text[kRoom] = {};
  std::uint8_t size = 0;

  constexpr Word() = default;
  constexpr Word(std::string_view from)  // NOLINT(*-explicit-*)
      : size(static_cast<std::uint8_t>(from.size() < kRoom ? from.size() : kRoom)) {
    for (std::size_t i = 0; i < size; ++i) text[i] = from[i];
  }
  constexpr std::string_view view() const { return {text, size}; }
};
static_assert(sizeof(Word) == 32);

// A UUID in its 36 characters.
struct IdText {
  static constexpr std::size_t kSize = 36;
  char text[kSize];
  std::string_view view() const { return {text, kSize}; }
};

inline constexpr auto kHexPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < 256; ++i) pairs[i] = {kDigits[i >> 4], kDigits[i & 15]};
  return pairs;
}();
inline constexpr auto kDigitPairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  }
  return pairs;
}();

// 122 of the block's bits, in the shape of a UUIDv8.
inline IdText id_text(Block bits) {
  const std::uint64_t words[2] = {
      (bits.first & ~std::uint64_t{0xF000}) | 0x8000,
      (bits.second & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63};
  constexpr std::size_t kPlaces[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  IdText id;
  id.text[8] = id.text[13] = id.text[18] = id.text[23] = '-';
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) {
    const auto byte = static_cast<std::uint8_t>(words[i / 8] >> (56 - 8 * (i % 8)));
    std::memcpy(id.text + kPlaces[i], kHexPairs[byte].data(), 2);
  }
  return id;
}

// Not thread-safe. What is put is not checked against the room: make_room() comes first, once a
// row.
class Text {
 public:
  static constexpr std::size_t kRowRoom = 2048;  // no row is longer

  void make_room() {
    if (room_ - size_ < kRowRoom) grow();
  }
  void put(char c) { bytes_[size_++] = c; }
  void put(const Word& word) {
    std::memcpy(end(), &word, sizeof word);  // the rest is overwritten by what follows
    size_ += word.size;
  }
  void put(const IdText& id) {
    std::memcpy(end(), id.text, IdText::kSize);
    size_ += IdText::kSize;
  }
  void put(std::uint64_t number);
  void put_six_digits(std::uint32_t number) {
    char* at = end();
    std::memcpy(at, kDigitPairs[number / 10'000 % 100].data(), 2);
    std::memcpy(at + 2, kDigitPairs[number / 100 % 100].data(), 2);
    std::memcpy(at + 4, kDigitPairs[number % 100].data(), 2);
    size_ += 6;
  }
  // 2025-03-01T10:15:00Z, of seconds since 1970.
  void put_time(std::int64_t seconds);
  // Replaces the last character.
  void turn_last_into(char c) { bytes_[size_ - 1] = c; }
  // Any length; makes its own room.
  void append(std::string_view text);

  std::string_view view() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  char* end() { return bytes_.get() + size_; }
  void grow();
  void remember_day(std::int64_t day);

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
  // The day that was written last: a child's is its encounter's.
  std::int64_t day_ = -1;
  char day_text_[16] = {};
};

inline void Text::put(std::uint64_t number) {
  char digits[20];
  char* at = digits + sizeof digits;
  while (number >= 100) {
    at -= 2;
    std::memcpy(at, kDigitPairs[number % 100].data(), 2);
    number /= 100;
  }
  if (number >= 10) {
    at -= 2;
    std::memcpy(at, kDigitPairs[number].data(), 2);
  } else {
    *--at = static_cast<char>('0' + number);
  }
  const auto length = static_cast<std::size_t>(digits + sizeof digits - at);
  std::memcpy(end(), at, length);
  size_ += length;
}

inline void Text::put_time(std::int64_t seconds) {
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t day = seconds / kDay;  // after 1970 only
  if (day != day_) remember_day(day);
  auto rest = static_cast<std::uint32_t>(seconds - day * kDay);
  char* at = end();
  std::memcpy(at, day_text_, 16);  // "2025-03-01T"
  std::memcpy(at + 11, kDigitPairs[rest / 3600].data(), 2);
  rest %= 3600;
  at[13] = ':';
  std::memcpy(at + 14, kDigitPairs[rest / 60].data(), 2);
  at[16] = ':';
  std::memcpy(at + 17, kDigitPairs[rest % 60].data(), 2);
  at[19] = 'Z';
  size_ += 20;
}

}  // namespace pim::data::generate
