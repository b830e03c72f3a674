// Turns planted bugs on and off within a test; only planted_env.cc implements it.
#pragma once

#include <optional>

#include "store/planted.h"

namespace pim::store {

// Overrides PIM_PLANTED_BUG from now on; nullopt: no bug. Thread-safe.
void plant(std::optional<Bug> bug);

// A bug for the length of a scope.
class PlantedBug {
 public:
  explicit PlantedBug(Bug bug) { plant(bug); }
  ~PlantedBug() { plant(std::nullopt); }
  PlantedBug(const PlantedBug&) = delete;
  PlantedBug& operator=(const PlantedBug&) = delete;
};

}  // namespace pim::store
