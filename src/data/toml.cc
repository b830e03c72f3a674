#include "data/toml.h"

#include <algorithm>

namespace pim::data {
namespace {

// toml++ quotes what it read as it stands, line ends and escape sequences too.
std::string on_one_line(std::string_view message) {
  std::string line(message);
  std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return line;
}

}  // namespace

Result<toml::table, TomlError> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& where = error.source().begin;
    return Err{TomlError{{where.line, where.column}, on_one_line(error.description())}};
  }
}

}  // namespace pim::data
