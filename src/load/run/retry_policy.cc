#include "load/run/retry_policy.h"

#include <charconv>

namespace pim::load {

std::chrono::seconds parse_retry_after(std::string_view text) {
  constexpr std::uint32_t kMost = 3600;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return std::chrono::seconds(std::min(seconds, kMost));
}

}  // namespace pim::load
