// A text as a template's argument.
#pragma once

#include <cstddef>
#include <string_view>

namespace pim::data {

template <std::size_t kSize>
struct Literal {
  char text[kSize];

  constexpr Literal(const char (&from)[kSize]) {
    for (std::size_t i = 0; i < kSize; ++i) text[i] = from[i];
  }
  constexpr std::string_view view() const { return {text, kSize - 1}; }
};

}  // namespace pim::data
