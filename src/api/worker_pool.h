// Threads for work that blocks (queries, rebuilds), behind a bounded queue. I/O threads never wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pim::api {

// Thread-safe.
class WorkerPool {
 public:
  // `name`: of its threads, with a number behind it.
  WorkerPool(std::size_t threads, std::size_t queue_capacity, const std::string& name = "query");
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False where the queue is full or the pool has stopped; then `work` was not taken.
  bool submit(std::function<void()> work);
  std::size_t queued() const;
  // Finishes what runs, drops what waits.
  void stop();

 private:
  void run();

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace pim::api
