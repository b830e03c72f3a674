// A word of up to twelve letters as one integer, five bits a letter, the same in upper and lower
// case: comparing words is comparing integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pim::data::privacy {

inline constexpr std::size_t kLongestWord = 12;

constexpr std::uint64_t add_letter(std::uint64_t key, char letter) {
  return key << 5 | (static_cast<unsigned char>(letter) & 31U);
}
// `word` has ASCII letters only.
constexpr std::uint64_t word_key(std::string_view word) {
  std::uint64_t key = 0;
  for (const char letter : word) key = add_letter(key, letter);
  return key;
}

}  // namespace pim::data::privacy
