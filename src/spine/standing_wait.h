// When waiting has become overload: the rule by which all queues of a node refuse.
//
// What a pause of the disk or of the machine leaves in a queue is gone in a moment, however long it
// has waited, and to refuse it would only make failures. A queue that stands is overload: once it
// has not been empty for 100 ms, `limit` is the most that its oldest may have waited.
#pragma once

#include <chrono>
#include <optional>

#include "spine/clock.h"

namespace pim::spine {

// Not thread-safe.
class StandingWait {
 public:
  static constexpr std::chrono::nanoseconds kStanding = std::chrono::milliseconds(100);

  explicit StandingWait(std::chrono::nanoseconds limit) : limit_(limit) {}

  // Whether the oldest has waited too long. Call it whenever the queue is looked at: `oldest` is
  // when that one came, nullopt where none waits.
  bool late(std::optional<MonoTime> oldest, MonoTime now) {
    if (!oldest) {
      stands_since_.reset();
      return false;
    }
    if (!stands_since_) stands_since_ = now;
    return now - *stands_since_ >= kStanding && now - *oldest > limit_;
  }

 private:
  const std::chrono::nanoseconds limit_;
  std::optional<MonoTime> stands_since_;
};

}  // namespace pim::spine
