// A deterministic EventStore in memory, for simulations: submitted work waits until step() picks a
// piece of it by the seed. Commit and completion of a batch are two steps, so that others may see
// it, or the process may die, between them.
//
// Single-threaded: completions run within step(). Everything but crash() may be called from one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/event_store.h"

namespace pim::store {

class SimStore final : public EventStore {
 public:
  enum class Fault {
    none,
    unavailable,      // nothing written
    disk_low,         // nothing written
    unknown_applied,  // written, but the caller is told that it is not known
    unknown_lost,     // not written, and the caller is told that it is not known
  };
  // Chances in 1,000, drawn from the seed at each call.
  struct Rates {
    unsigned unavailable = 0;    // of an append
    unsigned unknown = 0;        // of an append; applied or lost, evenly
    unsigned load_fails = 0;     // of a load or find_receipt: unavailable
    unsigned recover_fails = 0;  // of a recover
  };

  explicit SimStore(std::uint64_t seed);
  ~SimStore() override;
  SimStore(const SimStore&) = delete;
  SimStore& operator=(const SimStore&) = delete;

  // --- the scheduler
  // Runs one pending piece of work, chosen by the seed; false where none is pending.
  bool step();
  // step() until nothing is pending; what completions submit is run too.
  void run();
  std::size_t pending() const { return pending_.size(); }

  // --- faults
  void set_rates(const Rates& rates) { rates_ = rates; }
  void fail_next_append(Fault fault) { next_fault_ = fault; }
  // The process dies: no pending completion will ever run (they are destroyed); a batch under way
  // is applied or lost by the seed. What is committed stays; the store is in service again.
  void crash();
  bool in_service() const { return in_service_; }

  // --- EventStore
  void append(std::vector<Append> batch, BatchDone done) override;
  void load(BucketId bucket, StreamId stream, LoadDone done) override;
  void save_snapshot(Snapshot snapshot) override;
  void find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                    ReceiptDone done) override;
  void recover(Done done) override;
  StoreResult<void> change_head(const BucketHead& expected, const BucketHead& next) override;
  StoreResult<std::unique_ptr<Reader>> open_reader() override;
  void on_commit(CommitListener listener) override;
  NodeId node() const override { return node_; }

 private:
  class SimReader;
  struct Task;
  using ReceiptKey = std::tuple<std::string, std::string, StreamId>;

  bool chance(unsigned per_thousand) { return rng_() % 1000 < per_thousand; }
  Fault draw_fault();
  std::vector<AppendResult> commit(std::vector<Append>& batch, std::vector<EventRecord>& committed);
  AppendResult commit_one(Append& append);
  StreamHistory history(StreamId stream) const;
  const EventRecord& event_at(BucketId bucket, std::uint64_t position) const;

  std::mt19937_64 rng_;
  NodeId node_;
  Rates rates_;
  Fault next_fault_ = Fault::none;
  bool in_service_ = true;
  std::deque<std::unique_ptr<Task>> pending_;
  CommitListener listener_;

  // what is committed
  std::vector<BucketHead> heads_;
  std::vector<std::vector<EventRecord>> events_;                      // by bucket; position - 1
  std::unordered_map<StreamId, std::vector<std::uint64_t>> streams_;  // positions, by version - 1
  std::vector<Receipt> receipts_;                                     // in the order of commits
  std::map<ReceiptKey, std::size_t> receipt_index_;
  std::unordered_map<StreamId, Snapshot> snapshots_;
  std::map<std::pair<BucketId, Epoch>, std::uint64_t> epoch_ends_;
};

}  // namespace pim::store
