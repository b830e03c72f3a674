#include "data/toml.h"

namespace pim::data {

Result<toml::table, TomlError> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& where = error.source().begin;
    return Err{TomlError{{where.line, where.column}, std::string(error.description())}};
  }
}

}  // namespace pim::data
