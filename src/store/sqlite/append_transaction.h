// A batch of appends as one transaction on the writing connection: fence, dedupe, version check,
// events with their chain, heads. The order of the checks, append by append, is that of the port:
// fenced, duplicate, conflict.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/connection.h"

namespace pim::store::sqlite {

class AppendTransaction {
 public:
  static StoreResult<AppendTransaction> prepare(Connection& connection);

  struct Outcome {
    BatchResult result;
    std::vector<EventRecord> events;  // what was committed, in order
    bool trusted = true;              // false: the store must leave service, `result` is `unknown`
  };
  // Moves from the batch. The snapshots travel along in the same commit; one that is not ahead of
  // its stream's newest is dropped.
  Outcome run(std::vector<Append>& batch, std::span<const Snapshot> snapshots);

 private:
  struct Head {
    BucketHead stored;   // as read in this transaction
    BucketHead current;  // with the events of this batch
  };

  explicit AppendTransaction(Connection& connection) : connection_(&connection) {}
  StoreResult<void> prepare_statements();

  StoreResult<std::vector<AppendResult>> write(std::vector<Append>& batch);
  StoreResult<AppendResult> write_one(Append& append);
  StoreResult<Head*> head_of(BucketId bucket);
  StoreResult<Version*> version_of(StreamId stream);
  StoreResult<std::vector<Receipt>> earlier_receipt(const Append& append);
  StoreResult<void> insert_event(const EventRecord& event);
  StoreResult<bool> insert_receipt(const Receipt& receipt);  // false: the key is taken
  StoreResult<void> write_heads();
  StoreResult<void> write_snapshots(std::span<const Snapshot> snapshots);
  Outcome abandon(StoreError error);

  Connection* connection_;
  Statement begin_;
  Statement commit_;
  Statement rollback_;
  Statement select_head_;
  Statement select_version_;
  Statement select_receipt_;
  Statement insert_receipt_;
  Statement insert_event_;
  Statement update_head_;
  Statement upsert_snapshot_;

  // Of the batch under way; kept between batches for their memory.
  std::unordered_map<std::uint16_t, Head> heads_;
  std::unordered_map<StreamId, Version> versions_;
  std::vector<EventRecord> events_;
};

}  // namespace pim::store::sqlite
