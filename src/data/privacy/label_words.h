// Words that announce an identifier, in a column's header and in a text before it: English,
// Spanish, Portuguese, French, German and Italian, without accents.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "data/privacy/word_key.h"

namespace pim::data::privacy {

inline constexpr auto kTelephoneWords = std::to_array<std::string_view>({
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cellphone",
    "fax",
    "telefono",
    "telefone",
    "celular",
    "movil",
    "telefon",
});
static_assert(std::ranges::all_of(kTelephoneWords, [](std::string_view word) {
  return word.size() <= kLongestWord;
}));

}  // namespace pim::data::privacy
