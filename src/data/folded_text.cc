#include "data/folded_text.h"

#include <array>
#include <cstdint>

namespace pim::data {
namespace {

// U+00C0 to U+017F without their accents; nothing for what is no letter.
constexpr std::uint32_t kFirstAccented = 0xC0;
constexpr auto kPlain = std::to_array<std::string_view>({
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e",  "e", "e", "e", "i",  "i",  "i", "i", "d", "n",
    "o", "o", "o",  "o",  "o", "",  "o",  "u",  "u",  "u", "u", "y", "th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i",  "i", "i", "i", "d",  "n",  "o", "o", "o", "o",
    "o", "",  "o",  "u",  "u", "u", "u",  "y",  "th", "y", "a", "a", "a",  "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d",  "d", "e", "e", "e",  "e",  "e", "e", "e", "e",
    "e", "e", "g",  "g",  "g", "g", "g",  "g",  "g",  "g", "h", "h", "h",  "h",  "i", "i", "i", "i",
    "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j",  "j", "k", "k", "k",  "l",  "l", "l", "l", "l",
    "l", "l", "l",  "l",  "l", "n", "n",  "n",  "n",  "n", "n", "n", "n",  "n",  "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r",  "r", "s", "s", "s",  "s",  "s", "s", "s", "s",
    "t", "t", "t",  "t",  "t", "t", "u",  "u",  "u",  "u", "u", "u", "u",  "u",  "u", "u", "u", "u",
    "w", "w", "y",  "y",  "y", "z", "z",  "z",  "z",  "z", "z", "s",
});

struct Character {
  std::uint32_t code = 0;  // of two-byte characters; others are 0
  std::size_t bytes = 1;
};

Character character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead >= 0xC2 && lead < 0xE0 && text.size() >= 2 && (byte(1) & 0xC0) == 0x80) {
    return {static_cast<std::uint32_t>((lead & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
  }
  std::size_t bytes = 1;
  while (bytes < text.size() && (byte(bytes) & 0xC0) == 0x80) ++bytes;
  return {0, bytes};
}

// A combining accent (U+0300 to U+036F) belongs to the letter before it.
bool is_combining(std::uint32_t code) { return code >= 0x300 && code < 0x370; }

std::string fold_text(std::string_view text, bool capitals_begin_words) {
  std::string folded;
  bool gap = false;
  bool after_small = false;
  const auto append = [&](std::string_view letters) {
    if (gap && !folded.empty()) folded.push_back('_');
    gap = false;
    folded += letters;
  };
  while (!text.empty()) {
    const auto [code, bytes] = character_at(text);
    const auto raw = text.substr(0, bytes);
    text.remove_prefix(bytes);
    const char c = raw[0];
    if (is_combining(code)) continue;
    if (code == 0 && bytes == 1) {
      const bool capital = c >= 'A' && c <= 'Z';
      const bool part = capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (capital && after_small && capitals_begin_words) gap = true;
      const char small = capital ? static_cast<char>(c - 'A' + 'a') : c;
      if (part) {
        append({&small, 1});
      } else {
        gap = true;
      }
      after_small = part && !capital;
      continue;
    }
    const bool known = code >= kFirstAccented && code < kFirstAccented + kPlain.size();
    const auto plain = known ? kPlain[code - kFirstAccented] : raw;
    const bool separates = (known && plain.empty()) || (code != 0 && code < kFirstAccented);
    if (separates) {
      gap = true;
    } else {
      append(plain);
    }
    after_small = !separates;
  }
  return folded;
}

}  // namespace

std::string fold(std::string_view text) { return fold_text(text, false); }
std::string fold_words(std::string_view text) { return fold_text(text, true); }

}  // namespace pim::data
