// toml++, included in one way everywhere: 3.3 asserts that a key follows `[`, which a text need not
// hold to; without the assertion it reports an error, as for all else. Found by tests/fuzz.
#pragma once

#ifdef TOML_ASSERT
#error "include data/toml.h instead of toml++"
#endif
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>
