// Threads that read for load() and find_receipt(), each with a connection of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/sqlite/gate.h"

namespace pim::store::sqlite {

// Thread-safe.
class ReaderPool {
 public:
  // Runs with a session, or with none where the pool is closing.
  using Task = std::function<void(ReadSession*)>;

  ReaderPool(std::uint32_t threads, const std::shared_ptr<Gate>& gate, const std::string& database,
             const std::string& vfs);
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  void submit(Task task);

 private:
  void run(ReadSession& session);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;  // guarded by mutex_
  bool closing_ = false;    // guarded by mutex_
  std::vector<std::unique_ptr<ReadSession>> sessions_;
  std::vector<std::thread> threads_;
};

}  // namespace pim::store::sqlite
