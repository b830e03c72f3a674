#include "routing/position.h"

#include <charconv>
#include <limits>

namespace pim {
namespace {

// Decimal digits only, no sign, no leading zero, up to the next `.` or the end.
template <class Unsigned>
bool take_number(std::string_view& text, bool last, Unsigned& value) {
  const std::size_t dot = text.find('.');
  if (last != (dot == std::string_view::npos)) return false;
  const std::string_view digits = text.substr(0, dot);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return false;
  const char* begin = digits.data();  // NOLINT(bugprone-suspicious-stringview-data-usage)
  const char* end = begin + digits.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || stop != end) return false;
  text.remove_prefix(last ? text.size() : dot + 1);
  return true;
}

}  // namespace

std::optional<PositionToken> PositionToken::parse(std::string_view text) {
  PositionToken token;
  if (!take_number(text, false, token.bucket.value)) return std::nullopt;
  if (token.bucket.value >= kBuckets) return std::nullopt;
  if (!take_number(text, false, token.epoch.value)) return std::nullopt;
  if (!take_number(text, true, token.position)) return std::nullopt;
  // Engines keep positions in signed 64-bit columns.
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (token.epoch.value > kMax || token.position > kMax) return std::nullopt;
  return token;
}

std::string PositionToken::to_string() const {
  std::string text = std::to_string(bucket.value);
  text += '.';
  text += std::to_string(epoch.value);
  text += '.';
  text += std::to_string(position);
  return text;
}

}  // namespace pim
