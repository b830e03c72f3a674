// An EventStore that does nothing by itself: a test sees each call and answers it as it likes.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "store/event_store.h"

namespace pim::spine {

class ScriptedStore final : public store::EventStore {
 public:
  struct Batch {
    std::vector<store::Append> appends;
    store::BatchDone done;
  };
  struct Load {
    StreamId stream;
    store::LoadDone done;
  };
  struct Lookup {
    std::string request_id;
    store::ReceiptDone done;
  };
  // Unanswered calls, oldest first.
  std::deque<Batch> batches;
  std::deque<Load> loads;
  std::deque<Lookup> lookups;
  std::deque<store::Done> recoveries;

  template <class Calls>
  static auto take(Calls& calls) {
    auto first = std::move(calls.front());
    calls.pop_front();
    return first;
  }
  // Answers the oldest batch: every append with the same kind, or all with an error.
  void answer_batch(store::AppendResult::Kind kind);
  void fail_batch(store::StoreErrorKind kind);

  void append(std::vector<store::Append> batch, store::BatchDone done) override {
    batches.push_back({std::move(batch), std::move(done)});
  }
  void load(BucketId, StreamId stream, store::LoadDone done) override {
    loads.push_back({stream, std::move(done)});
  }
  void save_snapshot(store::Snapshot) override {}
  void find_receipt(std::string, std::string request_id, StreamId,
                    store::ReceiptDone done) override {
    lookups.push_back({std::move(request_id), std::move(done)});
  }
  void recover(store::Done done) override { recoveries.push_back(std::move(done)); }
  store::StoreResult<void> change_head(const store::BucketHead&,
                                       const store::BucketHead&) override {
    return {};
  }
  store::StoreResult<std::unique_ptr<store::Reader>> open_reader() override {
    return Err{store::StoreError{store::StoreErrorKind::unavailable, "scripted"}};
  }
  void on_commit(store::CommitListener) override {}
  NodeId node() const override { return {}; }
  std::chrono::nanoseconds synced() const override { return sync_time; }

  std::chrono::nanoseconds sync_time{0};  // spent so far
};

}  // namespace pim::spine
