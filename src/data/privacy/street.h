// Street addresses by their shape: a number, up to four words, and a word such as Street.
#pragma once

#include <cstddef>
#include <string_view>

namespace pim::data::privacy {

// Where the address ends whose house number stands at [begin, end) of `text`; 0 where it is none.
std::size_t end_of_street(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace pim::data::privacy
