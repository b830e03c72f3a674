// The simulated store behind a thread of its own: calls from any thread, completions on that one,
// as a real engine's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "store/sim_store_testing.h"

namespace pim::spine {

class ThreadedStore final : public store::EventStore {
 public:
  explicit ThreadedStore(std::uint64_t seed);
  ~ThreadedStore() override;
  ThreadedStore(const ThreadedStore&) = delete;
  ThreadedStore& operator=(const ThreadedStore&) = delete;

  void set_rates(const store::SimStore::Rates& rates);
  void fail_next_append(store::SimStore::Fault fault);
  // While paused nothing completes.
  void pause();
  void resume();

  void append(std::vector<store::Append> batch, store::BatchDone done) override;
  void load(BucketId bucket, StreamId stream, store::LoadDone done) override;
  void save_snapshot(store::Snapshot snapshot) override;
  void find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                    store::ReceiptDone done) override;
  void recover(store::Done done) override;
  store::StoreResult<void> change_head(const store::BucketHead& expected,
                                       const store::BucketHead& next) override;
  store::StoreResult<std::unique_ptr<store::Reader>> open_reader() override;  // when quiet only
  void on_commit(store::CommitListener listener) override;
  NodeId node() const override { return inner_.node(); }

 private:
  void run();
  // A completion leaves the lock before it calls out, so that it may call in again.
  template <class Result>
  std::function<void(Result)> outside(std::function<void(Result)> done);

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  store::SimStore inner_;
  bool paused_ = false;
  bool stopping_ = false;
  std::vector<std::function<void()>> completed_;
  std::thread thread_;
};

}  // namespace pim::spine
