#include "spine/threaded_store_testing.h"

namespace pim::spine {

ThreadedStore::ThreadedStore(std::uint64_t seed) : inner_(seed), thread_([this] { run(); }) {}

ThreadedStore::~ThreadedStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ThreadedStore::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (paused_ || !inner_.step()) {
      changed_.wait(lock);
      continue;
    }
    for (auto& call : std::exchange(completed_, {})) {
      lock.unlock();
      call();
      lock.lock();
    }
  }
}

template <class Result>
std::function<void(Result)> ThreadedStore::outside(std::function<void(Result)> done) {
  return [this, done = std::move(done)](Result result) {
    auto kept = std::make_shared<Result>(std::move(result));
    completed_.emplace_back([done, kept] { done(std::move(*kept)); });
  };
}

void ThreadedStore::set_rates(const store::SimStore::Rates& rates) {
  const std::lock_guard lock(mutex_);
  inner_.set_rates(rates);
}
void ThreadedStore::fail_next_append(store::SimStore::Fault fault) {
  const std::lock_guard lock(mutex_);
  inner_.fail_next_append(fault);
}
void ThreadedStore::pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}
void ThreadedStore::resume() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
  changed_.notify_all();
}

void ThreadedStore::append(std::vector<store::Append> batch, store::BatchDone done) {
  const std::lock_guard lock(mutex_);
  inner_.append(std::move(batch), outside(std::move(done)));
  changed_.notify_all();
}
void ThreadedStore::load(BucketId bucket, StreamId stream, store::LoadDone done) {
  const std::lock_guard lock(mutex_);
  inner_.load(bucket, stream, outside(std::move(done)));
  changed_.notify_all();
}
void ThreadedStore::save_snapshot(store::Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  inner_.save_snapshot(std::move(snapshot));
  changed_.notify_all();
}
void ThreadedStore::find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                                 store::ReceiptDone done) {
  const std::lock_guard lock(mutex_);
  inner_.find_receipt(std::move(user_id), std::move(request_id), routing_id,
                      outside(std::move(done)));
  changed_.notify_all();
}
void ThreadedStore::recover(store::Done done) {
  const std::lock_guard lock(mutex_);
  inner_.recover(outside(std::move(done)));
  changed_.notify_all();
}
store::StoreResult<void> ThreadedStore::change_head(const store::BucketHead& expected,
                                                    const store::BucketHead& next) {
  const std::lock_guard lock(mutex_);
  return inner_.change_head(expected, next);
}
store::StoreResult<std::unique_ptr<store::Reader>> ThreadedStore::open_reader() {
  const std::lock_guard lock(mutex_);
  return inner_.open_reader();
}
void ThreadedStore::on_commit(store::CommitListener listener) {
  const std::lock_guard lock(mutex_);
  inner_.on_commit(std::move(listener));
}

}  // namespace pim::spine
