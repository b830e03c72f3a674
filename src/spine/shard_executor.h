// The state machine of one shard: takes commands from its queue, decides them against speculative
// state, and answers each after what it depends on is durable. docs/spine.md has the picture.
//
// No threads, no clock, no I/O: all that happens comes in by run(), all that it wants goes out by
// the ExecutorPort. The same inputs give the same outputs.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

#include "routing/bucket.h"
#include "spine/admission.h"
#include "spine/mailbox.h"
#include "spine/ownership.h"
#include "spine/pending_command.h"
#include "spine/receipt_cache.h"
#include "spine/reference_cache.h"
#include "spine/shard_counters.h"
#include "spine/stream_cache.h"
#include "spine/verdict.h"

namespace pim::spine {

// What an executor asks of the world. The answers come back through the Inbox, never from within.
class ExecutorPort {
 public:
  virtual ~ExecutorPort() = default;
  virtual void load_stream(StreamId id) = 0;
  virtual void load_reference(StreamId id) = 0;
  virtual void find_receipt(Ticket ticket, const CommandKey& key) = 0;
  virtual void commit(Ticket ticket, store::Append append) = 0;
  virtual bool store_accepts() const = 0;
  // Commands at the store at a time; the others stay in the queue.
  virtual std::size_t window() const = 0;
  virtual void save_snapshot(store::Snapshot snapshot) = 0;
};

struct ExecutorOptions {
  std::size_t cache_streams = 50'000;
  std::size_t recent_receipts = 4096;
  std::uint32_t snapshot_every = 200;
  std::uint64_t event_id_seed = 0;
};

class ShardExecutor {
 public:
  ShardExecutor(const ExecutorOptions& options, const Ownership& ownership, ExecutorPort& port,
                ReferenceCache& references, Admission& admission, ShardCounters& counters);

  // Handles everything in `inbox`, and the deadlines that have passed. Leaves it empty.
  void run(Inbox& inbox, MonoTime now);
  // When run() must be called again at the latest, message or not; MonoTime::max() for never.
  MonoTime next_deadline() const { return next_deadline_; }
  // Answers all that are left: the spine goes away.
  void abandon();

  // For tests: the state that the next command would be decided on; null where none is cached.
  const FoldedStream* peek(StreamId id) const;

 private:
  using Stage = PendingCommand::Stage;

  // In the order in which a command meets them.
  void take_from_queue();
  void admit(std::unique_ptr<PendingCommand> command);
  void proceed(PendingCommand& command);
  void decide_on(PendingCommand& command, StreamEntry& entry);
  bool park_for_references(PendingCommand& command, const FoldedStream& stream,
                           References& references);
  void hand_over(PendingCommand& command, StreamEntry& entry, const Verdict& verdict);
  void wait_without_receipt(PendingCommand& command, StreamEntry& entry, Rejection rejection);
  void settle(StreamEntry& entry);
  void settle_one(StreamEntry& entry, PendingCommand& command);
  void count_events(const PendingCommand& command, const store::Receipt& receipt);
  void decide_again(StreamEntry& entry, PendingCommand& command);
  void check_receipt(PendingCommand& command);
  void reload(StreamEntry& entry);

  void on_stream(Inbox::LoadedStream loaded);
  void on_reference(const Inbox::LoadedReference& loaded);
  void on_receipt(Inbox::FoundReceipt found);

  // shard_executor_end.cc
  void finish(PendingCommand& command, CommandReply reply);
  void finish(PendingCommand& command, store::Receipt&& durable, bool replayed);
  std::unique_ptr<PendingCommand> release(PendingCommand& command);
  void leave_queue(PendingCommand& command);
  void expire();
  void expire_one(PendingCommand& command, Outcome outcome);

  const ExecutorOptions options_;
  const Ownership& ownership_;
  ExecutorPort& port_;
  ReferenceCache& references_;
  Admission& admission_;
  ShardCounters& counters_;

  MonoTime now_;
  MonoTime next_deadline_ = MonoTime::max();
  std::mt19937_64 event_ids_;
  std::deque<std::unique_ptr<PendingCommand>> queue_;
  std::unordered_map<CommandKey, std::unique_ptr<PendingCommand>, CommandKeyHash> under_way_;
  std::size_t at_store_ = 0;
  StreamCache streams_;
  ReceiptCache recent_;
  std::unordered_map<StreamId, std::vector<PendingCommand*>> reference_waiters_;
  std::vector<StreamEntry*> unsettled_;
};

}  // namespace pim::spine
