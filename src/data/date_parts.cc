#include "data/date_parts.h"

namespace pim::data {

std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  int value = 0;
  std::size_t taken = 0;
  while (taken < most && taken < text.size() && text[taken] >= '0' && text[taken] <= '9') {
    value = value * 10 + (text[taken++] - '0');
  }
  if (taken < least) return std::nullopt;
  text.remove_prefix(taken);
  return value;
}

std::optional<bool> take_half_of_day(std::string_view& text) {
  if (text.size() < 2 || (text[1] | 0x20) != 'm') return std::nullopt;
  const char half = static_cast<char>(text[0] | 0x20);
  if (half != 'a' && half != 'p') return std::nullopt;
  text.remove_prefix(2);
  return half == 'p';
}

std::optional<int> hour_of_twelve(int hour, bool afternoon) {
  if (hour < 1 || hour > 12) return std::nullopt;
  return hour % 12 + (afternoon ? 12 : 0);
}

}  // namespace pim::data
