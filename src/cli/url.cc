#include "cli/url.h"

#include <charconv>

namespace pim::cli {

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto digits = text.substr(colon + 1);
  Url url{std::string(text.substr(0, colon)), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  if (!whole || url.port == 0 || url.host.find('/') != std::string::npos) return std::nullopt;
  return url;
}

}  // namespace pim::cli
