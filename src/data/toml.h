// TOML texts, read in one way everywhere. toml++ 3.3 has two paths that a broken text must not
// reach (both found by tests/fuzz): it asserts that a key follows `[`, and what it does with a
// character beyond ASCII outside of quotes and comments is undefined.
#pragma once

#include <string>
#include <string_view>

#include "data/csv.h"
#include "domain/result.h"

#ifdef TOML_ASSERT
#error "include data/toml.h instead of toml++"
#endif
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace pim::data {

struct TomlError {
  Place place;
  std::string message;
};

Result<toml::table, TomlError> parse_toml(std::string_view text);

}  // namespace pim::data
