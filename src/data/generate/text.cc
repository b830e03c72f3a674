#include "data/generate/text.h"

#include <algorithm>
#include <chrono>

namespace pim::data::generate {

void Text::grow() {
  const std::size_t room = std::max<std::size_t>(std::size_t{64} << 10, 2 * room_);
  auto bytes = std::make_unique_for_overwrite<char[]>(room);
  if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
  bytes_ = std::move(bytes);
  room_ = room;
}

void Text::append(std::string_view text) {
  while (room_ - size_ < text.size() + kRowRoom) grow();
  std::memcpy(end(), text.data(), text.size());
  size_ += text.size();
}

void Text::remember_day(std::int64_t day) {
  using namespace std::chrono;
  const year_month_day date{sys_days{days{day}}};
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  std::memcpy(day_text_, kDigitPairs[year / 100].data(), 2);
  std::memcpy(day_text_ + 2, kDigitPairs[year % 100].data(), 2);
  day_text_[4] = '-';
  std::memcpy(day_text_ + 5, kDigitPairs[static_cast<unsigned>(date.month())].data(), 2);
  day_text_[7] = '-';
  std::memcpy(day_text_ + 8, kDigitPairs[static_cast<unsigned>(date.day())].data(), 2);
  day_text_[10] = 'T';
  day_ = day;
}

}  // namespace pim::data::generate
