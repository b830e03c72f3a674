// RFC 3339 in and out.
#include <array>
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

bool is_edge(const CivilTime& at) {
  return (at.year == kFirstYear && at.month == 1 && at.day == 1) ||
         (at.year == kLastYear && at.month == 12 && at.day == 31);
}

void append_padded(std::string& out, int value, unsigned width) {
  std::array<char, 4> text;
  auto rest = static_cast<unsigned>(value);
  for (unsigned i = width; i > 0; --i) {
    text[i - 1] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  out.append(text.data(), width);
}

}  // namespace

std::optional<UtcMillis> UtcMillis::parse(std::string_view text) {
  Cursor cursor(text);
  CivilTime at;
  at.year = cursor.digits(4);
  cursor.expect('-');
  at.month = cursor.digits(2);
  cursor.expect('-');
  at.day = cursor.digits(2);
  cursor.expect('T');
  at.hour = cursor.digits(2);
  cursor.expect(':');
  at.minute = cursor.digits(2);
  cursor.expect(':');
  at.second = cursor.digits(2);
  at.millis = cursor.skip('.') ? milliseconds_after_point(cursor) : 0;
  const int offset = offset_minutes(cursor);
  if (!cursor.finished()) return std::nullopt;

  const auto local = instant_of(at);
  if (!local || at.year < kFirstYear || at.year > kLastYear) return std::nullopt;
  // an offset may carry a time over the edge, where to_string() could not be read back; refused on
  // the whole day, so that a schema can say it
  if (!text.ends_with('Z') && is_edge(at)) return std::nullopt;
  return UtcMillis{local->value - offset * kMillisPerMinute};
}

std::string UtcMillis::to_string() const {
  const CivilTime at = civil_time(*this);
  std::string text;
  text.reserve(24);
  append_padded(text, at.year, 4);
  text += '-';
  append_padded(text, at.month, 2);
  text += '-';
  append_padded(text, at.day, 2);
  text += 'T';
  append_padded(text, at.hour, 2);
  text += ':';
  append_padded(text, at.minute, 2);
  text += ':';
  append_padded(text, at.second, 2);
  text += '.';
  append_padded(text, at.millis, 3);
  text += 'Z';
  return text;
}

}  // namespace pim
