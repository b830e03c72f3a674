#include "api/target.h"

#include <simdjson.h>

#include "api/ascii.h"

namespace pim::api {
namespace {

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return std::nullopt;
    out += c;
  }
  if (!simdjson::validate_utf8(out)) return std::nullopt;
  return out;
}

// Without scheme and authority; nullopt for what is neither origin nor absolute form.
std::optional<std::string_view> origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const auto rest = target.substr(scheme.size());
    const auto path = rest.find_first_of("/?");
    if (path == 0 || rest.empty()) return std::nullopt;
    // an absolute form without a path is not worth a special case
    if (path == std::string_view::npos || rest[path] == '?') return std::nullopt;
    return rest.substr(path);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Target> parse_target(std::string_view raw) {
  const auto origin = origin_form(raw);
  if (!origin || origin->find('#') != std::string_view::npos) return std::nullopt;
  const auto question = origin->find('?');
  Target target;
  target.path = origin->substr(0, question);

  std::string_view rest = std::string_view(target.path).substr(1);
  target.segments.reserve(8);
  for (;;) {
    const auto slash = rest.find('/');
    auto segment = decode(rest.substr(0, slash));
    if (!segment) return std::nullopt;
    target.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (question == std::string_view::npos) return target;

  rest = origin->substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals));
    auto value = decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

}  // namespace pim::api
