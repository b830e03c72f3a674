// RFC 3339 in and out.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/calendar.h"
#include "domain/ids.h"

namespace pim {
namespace {

constexpr std::int64_t kMillisPerMinute = 60'000;
// Walks over the text; the first thing that does not fit makes it fail for good.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool skip(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char expected) { good_ = skip(expected) && good_; }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  bool finished() const { return good_ && rest_.empty(); }
  void fail() { good_ = false; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// One to three digits after the point.
int milliseconds_after_point(Cursor& cursor) {
  int value = cursor.digits(1) * 100;
  if (cursor.at_digit()) value += cursor.digits(1) * 10;
  if (cursor.at_digit()) value += cursor.digits(1);
  return value;
}

int offset_minutes(Cursor& cursor) {
  if (cursor.skip('Z')) return 0;
  const bool east = cursor.skip('+');
  if (!east) cursor.expect('-');
  const int hours = cursor.digits(2);
  cursor.expect(':');
  const int minutes = cursor.digits(2);
  if (hours > 23 || minutes > 59) cursor.fail();
  return (east ? 1 : -1) * (hours * 60 + minutes);
}

bool is_edge(const std::chrono::year_month_day& date) {
  using std::chrono::January, std::chrono::December;
  return date == std::chrono::year{kFirstYear} / January / 1 ||
         date == std::chrono::year{kLastYear} / December / 31;
}

void append_padded(std::string& out, unsigned value, unsigned width) {
  std::array<char, 4> text;
  for (unsigned i = width; i > 0; --i) {
    text[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(text.data(), width);
}

}  // namespace

std::optional<UtcMillis> UtcMillis::parse(std::string_view text) {
  Cursor cursor(text);
  const int year = cursor.digits(4);
  cursor.expect('-');
  const int month = cursor.digits(2);
  cursor.expect('-');
  const int day = cursor.digits(2);
  cursor.expect('T');
  const int hour = cursor.digits(2);
  cursor.expect(':');
  const int minute = cursor.digits(2);
  cursor.expect(':');
  const int second = cursor.digits(2);
  const int millis = cursor.skip('.') ? milliseconds_after_point(cursor) : 0;
  const int offset = offset_minutes(cursor);
  if (!cursor.finished() || hour > 23 || minute > 59 || second > 59) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || year < kFirstYear || year > kLastYear) return std::nullopt;
  // an offset may carry a time over the edge, where to_string() could not be read back; refused on
  // the whole day, so that a schema can say it
  if (!text.ends_with('Z') && is_edge(date)) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const int minute_of_day = hour * 60 + minute - offset;
  const std::int64_t minutes = days * 1440 + minute_of_day;
  return UtcMillis{minutes * kMillisPerMinute + (second * 1000 + millis)};
}

std::string UtcMillis::to_string() const {
  const auto date = civil_date(*this);
  const std::int64_t midnight =
      std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86'400'000;
  const auto in_day = static_cast<unsigned>(value - midnight);
  std::string text;
  text.reserve(24);
  append_padded(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_padded(text, in_day / 3'600'000, 2);
  text += ':';
  append_padded(text, in_day / 60'000 % 60, 2);
  text += ':';
  append_padded(text, in_day / 1000 % 60, 2);
  text += '.';
  append_padded(text, in_day % 1000, 3);
  text += 'Z';
  return text;
}

}  // namespace pim
