// How many admitted commands still lack their answer, and the gate that a drain closes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace pim::spine {

// Thread-safe.
class OpenCommands {
 public:
  // False once the gate is closed.
  bool enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    ++open_;
    return true;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0 && closed_) empty_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  // True when the last open command was answered; false where the time ran out first.
  bool wait_empty(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, limit, [this] { return open_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::uint64_t open_ = 0;
  bool closed_ = false;
};

}  // namespace pim::spine
