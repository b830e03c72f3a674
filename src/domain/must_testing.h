// Unwraps what a test knows to be there; aborts where it is not.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>

namespace pim::domain_testing {

template <class T>
T must(std::optional<T> value) {
  if (!value) std::abort();
  return *std::move(value);
}

}  // namespace pim::domain_testing
