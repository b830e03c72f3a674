// Overload control of one shard: a bounded queue that refuses early, before anything was done.
//
// A command waits from submit() until it is decided (queued, or parked for a load). New work is
// refused while the queue is full, or while its oldest command has waited too long: a late refusal
// costs the caller its patience and the server its work.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>

#include "spine/spine.h"
#include "spine/standing_wait.h"

namespace pim::spine {

class Admission {
 public:
  Admission(std::size_t capacity, std::chrono::nanoseconds wait_limit)
      : capacity_(capacity), wait_(wait_limit) {}

  // Thread-safe. Why the next one would be refused.
  std::optional<Shed> refusal() const {
    if (late_.load(std::memory_order_relaxed)) return Shed::queue_wait;
    if (waiting() >= capacity_) return Shed::queue_full;
    return std::nullopt;
  }
  // Thread-safe. Why it is refused; each admission is paid back by one leave().
  std::optional<Shed> refuse_or_enter() {
    if (late_.load(std::memory_order_relaxed)) return Shed::queue_wait;
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < capacity_) return std::nullopt;
    leave();
    return Shed::queue_full;
  }
  void leave() { waiting_.fetch_sub(1, std::memory_order_relaxed); }
  std::size_t capacity() const { return capacity_; }
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

  // Executor only, after each run: when the oldest command that is still queued came; nullopt where
  // none is.
  void publish(std::optional<MonoTime> oldest, MonoTime now) {
    late_.store(wait_.late(oldest, now), std::memory_order_relaxed);
  }

 private:
  const std::size_t capacity_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> late_{false};
  StandingWait wait_;  // executor only
};

}  // namespace pim::spine
