// A bounded queue of records for a back end, and the thread that sends them in batches. Nothing
// here blocks or fails whoever puts a record in; what is dropped is counted.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "telemetry/thread_name.h"

namespace pim::telemetry {

struct ExportQueueOptions {
  std::size_t queue = 16'384;                  // records that wait; beyond it new ones are dropped
  std::size_t batch = 512;                     // records a request
  std::chrono::milliseconds linger{200};       // how long a batch that is not full waits
  std::chrono::milliseconds first_pause{500};  // after a failure; doubled up to max_pause
  std::chrono::milliseconds max_pause{5000};
  std::uint32_t attempts = 20;  // with a batch, before it is dropped: about 90 s
};

struct ExportStats {
  std::uint64_t sent = 0;
  std::uint64_t dropped_full = 0;    // the queue was full
  std::uint64_t dropped_failed = 0;  // the back end did not take them
  std::uint64_t failures = 0;        // attempts that failed
  std::uint64_t queued = 0;
};

// Thread-safe.
template <class Record>
class ExportQueue {
 public:
  // Called by one thread. False: not delivered, and may be tried again. Returns within a few
  // seconds.
  using Send = std::function<bool(std::span<const Record>)>;

  ExportQueue(std::string_view thread, Send send, const ExportQueueOptions& options)
      : send_(std::move(send)), options_(options) {
    thread_ = std::thread([this, name = std::string(thread)] {
      name_thread(name);
      be_nice(10);
      run();
    });
  }
  // Sends what is left, up to the first failure.
  ~ExportQueue() {
    close();
    thread_.join();
  }
  ExportQueue(const ExportQueue&) = delete;
  ExportQueue& operator=(const ExportQueue&) = delete;

  void put(Record record) {
    bool full_batch = false;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() >= options_.queue) {
        dropped_full_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
      queue_.push_back(std::move(record));
      full_batch = queue_.size() % options_.batch == 0;
    }
    if (full_batch) changed_.notify_one();  // else it waits for the linger: no wake-up a record
  }

  // Begins what the destructor waits for: several queues end in the time of one.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }

  ExportStats stats() const {
    ExportStats stats;
    stats.sent = sent_.load(std::memory_order_relaxed);
    stats.dropped_full = dropped_full_.load(std::memory_order_relaxed);
    stats.dropped_failed = dropped_failed_.load(std::memory_order_relaxed);
    stats.failures = failures_.load(std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    stats.queued = queue_.size();
    return stats;
  }

 private:
  void run() {
    while (true) {
      std::vector<Record> batch;
      bool last = false;
      {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, options_.linger,
                          [&] { return stopping_ || queue_.size() >= options_.batch; });
        const auto end =
            queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch));
        batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
        queue_.erase(queue_.begin(), end);
        last = stopping_ && queue_.empty();
      }
      if (!batch.empty()) {
        const bool sent = deliver(batch);
        (sent ? sent_ : dropped_failed_).fetch_add(batch.size(), std::memory_order_relaxed);
        if (!sent && drop_rest_at_end()) return;
      }
      if (last) return;
    }
  }

  bool deliver(const std::vector<Record>& batch) {
    auto wait = options_.first_pause;
    for (std::uint32_t i = 0; i < options_.attempts; ++i) {
      if (send_(batch)) return true;
      failures_.fetch_add(1, std::memory_order_relaxed);
      if (!pause(wait)) return false;
      wait = std::min(wait * 2, options_.max_pause);
    }
    return false;
  }

  // A back end that is away must not hold up the end by one time-out a batch.
  bool drop_rest_at_end() {
    const std::lock_guard lock(mutex_);
    if (!stopping_) return false;
    dropped_failed_.fetch_add(queue_.size(), std::memory_order_relaxed);
    queue_.clear();
    return true;
  }

  bool pause(std::chrono::milliseconds time) {  // false: stopping
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return stopping_; });
  }

  const Send send_;
  const ExportQueueOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Record> queue_;  // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> dropped_full_{0};
  std::atomic<std::uint64_t> dropped_failed_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::thread thread_;
};

}  // namespace pim::telemetry
