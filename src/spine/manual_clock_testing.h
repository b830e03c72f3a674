// A clock that stands still until a test moves it.
#pragma once

#include <chrono>

#include "spine/clock.h"

namespace pim::spine {

class ManualClock final : public Clock {
 public:
  MonoTime now() const override { return now_; }
  void advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  MonoTime now_{std::chrono::hours(1)};
};

}  // namespace pim::spine
