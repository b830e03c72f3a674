// Overload control of one shard: a bounded queue that refuses early, before anything was done.
//
// A command waits from submit() until it is decided (queued, or parked for a load). New work is
// refused while the queue is full, or while the mean wait in it is beyond the limit: a late refusal
// costs the caller its patience and the server its work.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "spine/spine.h"

namespace pim::spine {

class Admission {
 public:
  Admission(std::size_t capacity, std::chrono::nanoseconds wait_limit)
      : capacity_(capacity), wait_limit_(wait_limit) {}

  // Thread-safe. Why it is refused; each admission is paid back by one leave().
  std::optional<Shed> refuse_or_enter() {
    if (wait_ns_.load(std::memory_order_relaxed) > wait_limit_.count()) return Shed::queue_wait;
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < capacity_) return std::nullopt;
    leave();
    return Shed::queue_full;
  }
  void leave() { waiting_.fetch_sub(1, std::memory_order_relaxed); }
  std::size_t capacity() const { return capacity_; }
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

  // Executor only. One command left the queue after `wait`.
  void sample(std::chrono::nanoseconds wait) { mean_ += (wait - mean_) / 8; }
  // After each run: the age of the oldest command that is still queued. An empty queue forgets the
  // past, so that one pause of the thread never sheds the work that comes after it.
  void publish(bool queue_empty, std::chrono::nanoseconds oldest_age) {
    if (queue_empty) mean_ = std::chrono::nanoseconds::zero();
    const auto estimate = queue_empty ? mean_ : std::max(mean_, oldest_age);
    wait_ns_.store(estimate.count(), std::memory_order_relaxed);
  }

 private:
  const std::size_t capacity_;
  const std::chrono::nanoseconds wait_limit_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::int64_t> wait_ns_{0};
  std::chrono::nanoseconds mean_{0};  // executor only
};

}  // namespace pim::spine
