// What a signal handler saw, on its way to the thread that counts it: a bounded ring that any
// number of handlers fill without a lock and one thread empties.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "telemetry/trace.h"

namespace pim::telemetry {

struct StackSample {
  static constexpr std::size_t kMaxFrames = 128;  // deeper ones lose their outermost frames

  std::array<std::uintptr_t, kMaxFrames> frames;  // innermost first; return addresses but the first
  std::uint32_t depth = 0;
  std::uint32_t ticks = 0;  // periods that it stands for: more than one where signals were late
  std::array<char, 16> thread{};
  std::optional<TraceContext> span;
};

// `Capacity` is a power of two. All zero when new, so a static one costs no memory until used.
template <std::size_t Capacity>
class SampleRing {
 public:
  // Async-signal-safe. Has `fill(sample)` write into a free place; false, and counted, where there
  // is none.
  template <class Fill>
  bool push(Fill fill) noexcept {
    std::uint64_t ticket = head_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[ticket % Capacity];
      const std::uint64_t free = 2 * (ticket / Capacity);
      const std::uint64_t turn = slot.turn.load(std::memory_order_acquire);
      if (turn < free) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return false;
      }
      if (turn > free) {  // another handler was here first
        ticket = head_.load(std::memory_order_relaxed);
      } else if (head_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_relaxed)) {
        fill(slot.sample);
        slot.turn.store(free + 1, std::memory_order_release);
        return true;
      }
    }
  }

  // By one thread at a time. Hands the oldest sample to `take`; false where there is none.
  template <class Take>
  bool pop(Take take) {
    Slot& slot = slots_[tail_ % Capacity];
    const std::uint64_t filled = 2 * (tail_ / Capacity) + 1;
    if (slot.turn.load(std::memory_order_acquire) != filled) return false;
    take(static_cast<const StackSample&>(slot.sample));
    slot.turn.store(filled + 1, std::memory_order_release);
    ++tail_;
    return true;
  }

  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  static_assert((Capacity & (Capacity - 1)) == 0 &&
                std::atomic<std::uint64_t>::is_always_lock_free);
  struct Slot {
    std::atomic<std::uint64_t> turn{0};  // 2 x lap: free; 2 x lap + 1: filled
    StackSample sample{};
  };

  std::atomic<std::uint64_t> head_{0};
  std::uint64_t tail_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
  std::array<Slot, Capacity> slots_{};
};

}  // namespace pim::telemetry
