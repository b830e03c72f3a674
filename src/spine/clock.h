// Monotonic time as a dependency, so that tests own it.
#pragma once

#include <chrono>

#include "spine/spine.h"

namespace pim::spine {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime now() const = 0;  // thread-safe
};

class SteadyClock final : public Clock {
 public:
  MonoTime now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace pim::spine
