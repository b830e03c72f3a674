#include "store/sqlite/reader_pool.h"

#include <utility>

#include "telemetry/thread_name.h"

namespace pim::store::sqlite {

ReaderPool::ReaderPool(std::uint32_t threads, const std::shared_ptr<Gate>& gate,
                       const std::string& database, const std::string& vfs) {
  for (std::uint32_t i = 0; i < threads; ++i) {
    sessions_.push_back(std::make_unique<ReadSession>(gate, database, vfs));
    threads_.emplace_back([this, i, session = sessions_.back().get()] {
      telemetry::name_thread("store-read", i);
      run(*session);
    });
  }
}

ReaderPool::~ReaderPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ReaderPool::submit(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void ReaderPool::run(ReadSession& session) {
  while (true) {
    Task task;
    bool closing = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      closing = closing_;
    }
    task(closing ? nullptr : &session);
  }
}

}  // namespace pim::store::sqlite
