// What a text is that was meant to be a code, where people commonly mistake one for another.
#pragma once

#include <string_view>

namespace pim::data {

// For a field whose `text` the domain refused: what it looks like and what to do, or nothing.
std::string_view code_hint(std::string_view field, std::string_view text);

}  // namespace pim::data
