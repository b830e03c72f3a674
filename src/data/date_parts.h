// What texts of dates and times are made of, whatever the letters of their format.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pim::data {

// At most nine digits, off the front of the text; nullopt where there are fewer than `least`.
std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most);
// AM or PM in any case, likewise: whether it is afternoon.
std::optional<bool> take_half_of_day(std::string_view& text);
// 12 AM is 0. nullopt for an hour that no clock of twelve shows.
std::optional<int> hour_of_twelve(int hour, bool afternoon);

}  // namespace pim::data
