// Random histories for the tests of the read side: real commands, decided and committed to a store,
// with the folded streams kept beside it as the truth to compare with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/random_commands_testing.h"
#include "domain/state.h"
#include "readmodel/read_model.h"
#include "store/event_store.h"
#include "store/sim_store_testing.h"

namespace pim::readmodel {

// A SimStore for threads: every append is committed before append() returns. Reads can be made to
// fail.
class SharedStore final : public store::EventStore {
 public:
  explicit SharedStore(std::uint64_t seed) : sim_(seed) {}

  void fail_reads(bool fail) {
    const std::lock_guard lock(mutex_);
    fail_reads_ = fail;
  }
  // What readers see of an event that has been tampered with; applied to every event read.
  void alter_reads(std::function<void(store::EventRecord&)> alter) {
    const std::lock_guard lock(mutex_);
    alter_ = std::move(alter);
  }

  void append(std::vector<store::Append> batch, store::BatchDone done) override;
  void load(BucketId bucket, StreamId stream, store::LoadDone done) override;
  void save_snapshot(store::Snapshot snapshot) override;
  void find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                    store::ReceiptDone done) override;
  void recover(store::Done done) override;
  store::StoreResult<void> change_head(const store::BucketHead& expected,
                                       const store::BucketHead& next) override;
  store::StoreResult<std::unique_ptr<store::Reader>> open_reader() override;
  void on_commit(store::CommitListener listener) override;
  NodeId node() const override { return sim_.node(); }

 private:
  class LockedReader;
  mutable std::recursive_mutex mutex_;  // the listener may read within a commit
  store::SimStore sim_;
  bool fail_reads_ = false;
  std::function<void(store::EventRecord&)> alter_;
};

class History {
 public:
  struct Stream {
    StreamKind kind = StreamKind::patient;
    TenantId tenant;
    StreamState state;
    Version version = 0;
  };

  // Registers facilities and providers 1 to 3 in the first tenant. `store` outlives it; nothing
  // else appends to it.
  History(store::EventStore& store, std::uint64_t seed, unsigned patients = 12);

  // Offers random commands until `events` more events are committed.
  void grow(std::size_t events);

  // Patient n (from 1) lives in tenants()[n % 2].
  StreamId patient(unsigned n) const;
  static std::vector<TenantId> tenants();
  const std::map<StreamId, Stream>& streams() const { return streams_; }
  std::uint64_t events() const { return events_; }
  // Of the last command that was accepted.
  PositionToken last_position() const { return last_position_; }

 private:
  bool offer(StreamId stream, StreamKind kind, const TenantId& tenant, const Command& command);

  store::EventStore& store_;
  domain_testing::CommandGenerator commands_;
  std::map<BucketId, store::BucketHead> heads_;
  const unsigned patients_;
  std::map<StreamId, Stream> streams_;
  std::uint64_t events_ = 0;
  std::uint64_t requests_ = 0;
  PositionToken last_position_;
};

// All tenants, a minute to answer.
ReadContext anyone();

}  // namespace pim::readmodel
