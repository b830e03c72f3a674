// The port to an event store: what the spine needs of any engine, embedded or across a network.
//
// One committer thread (or a simulation) submits batches; every completion arrives exactly once, on
// a thread of the engine's, and must not block. One batch is one transaction: it commits with the
// appends that hold, without those that do not, or not at all.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/result.h"
#include "store/record.h"
#include "store/store_stats.h"

namespace pim::store {

enum class StoreErrorKind {
  rejected,     // refused before any write: malformed, or too large
  conflict,     // a compare-and-set lost
  fenced,       // the caller no longer owns the bucket, or the bucket is not active
  unavailable,  // nothing was written; try again later
  unknown,      // it may or may not have been written; ask for the receipt after recover()
  corrupt,      // what was read cannot be true
  disk_low,     // nothing was written: free space is below the low-water mark; reads go on
};
std::string_view to_string(StoreErrorKind kind);

struct StoreError {
  StoreErrorKind kind;
  std::string message;  // what happened, where, what to do
};

template <class T>
using StoreResult = Result<T, StoreError>;

// One command's effect: its receipt, and its events (none where it was rejected).
struct Append {
  BucketId bucket;  // bucket_of(stream)
  NodeId owner;
  Epoch epoch;
  StreamId stream;
  StreamKind kind = StreamKind::patient;
  Version expected_version = 0;  // the version that the decision was made on
  std::vector<NewEvent> events;
  // origin, command, fingerprint, status, problem; the store fills version, positions and epoch.
  Receipt receipt;
};

struct AppendResult {
  enum class Kind {
    committed,  // `receipt` is complete and durable
    duplicate,  // the key was used before: `receipt` is the earlier one (compare fingerprints)
    conflict,   // the stream is not at expected_version
    fenced,     // owner, epoch or state of the bucket's head differ
  };
  Kind kind = Kind::committed;
  Receipt receipt;
};

// Results in the order of the batch's appends; or an error (rejected, unavailable, unknown) for
// all.
using BatchResult = StoreResult<std::vector<AppendResult>>;
using BatchDone = std::function<void(BatchResult)>;

struct StreamHistory {
  std::vector<Snapshot> snapshot;   // none or one: the newest usable
  std::vector<EventRecord> events;  // all events after the snapshot, in order
};
using LoadDone = std::function<void(StoreResult<StreamHistory>)>;
using ReceiptDone = std::function<void(StoreResult<std::vector<Receipt>>)>;  // none or one
using Done = std::function<void(StoreResult<void>)>;

// Short, paged, read-only access for projector, audit and queries. Blocks its caller; one thread at
// a time an instance. Each call is its own snapshot: none holds a transaction after it returned.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual StoreResult<std::vector<BucketHead>> heads() = 0;  // all buckets, ascending
  // Events after `after_position`, ascending, at most `limit` (1 to 10,000).
  virtual StoreResult<std::vector<EventRecord>> read_bucket(BucketId bucket,
                                                            std::uint64_t after_position,
                                                            std::size_t limit) = 0;
  // Events after `after_version`, ascending, at most `limit`.
  virtual StoreResult<std::vector<EventRecord>> read_stream(BucketId bucket, StreamId stream,
                                                            Version after_version,
                                                            std::size_t limit) = 0;
  // Receipts after `cursor` (0 at first; advanced), in an order that is stable while none is
  // deleted, at most `limit`. Empty: the end.
  virtual StoreResult<std::vector<Receipt>> read_receipts(std::uint64_t& cursor,
                                                          std::size_t limit) = 0;
  // The last position that `epoch` wrote in the bucket, where that epoch has ended; none while it
  // is the current one or a later one. A position token of that epoch beyond it names an event
  // that was lost.
  virtual StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket, Epoch epoch);
};

// One commit's events in the order in which they were written, shared by all who follow.
using CommittedEvents = std::shared_ptr<const std::vector<EventRecord>>;
using CommitListener = std::function<void(const CommittedEvents&)>;

class EventStore {
 public:
  virtual ~EventStore() = default;

  // At most one batch is under way; the next may be submitted from within `done`.
  virtual void append(std::vector<Append> batch, BatchDone done) = 0;

  // Off the committer's path, concurrent with appends; sees every batch whose completion was called
  // before load() was.
  virtual void load(BucketId bucket, StreamId stream, LoadDone done) = 0;

  // Best effort, never waited for; a lost snapshot costs time only.
  virtual void save_snapshot(Snapshot snapshot) = 0;

  // The receipt under a key, if it is durable.
  virtual void find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                            ReceiptDone done) = 0;

  // After `unknown`: takes the store out of service, and back into it only from files whose content
  // is known to be on disk. From `unknown` until it succeeds, append(), load(), find_receipt() and
  // every Reader answer `unavailable`. May be called again after it failed.
  virtual void recover(Done done) = 0;

  // Compare-and-set of a head's owner, epoch and state; `next` is written only where the stored
  // head equals `expected` in these three, else the answer is `conflict`. Positions and hash are
  // never changed by it. Blocks its caller; never call it from within a completion.
  virtual StoreResult<void> change_head(const BucketHead& expected, const BucketHead& next) = 0;

  virtual StoreResult<std::unique_ptr<Reader>> open_reader() = 0;

  // Called after each commit that has events and before its completion, on the engine's thread;
  // must not block. Set once, before the first append. What other nodes commit, and what a recovery
  // found to be committed, is not told: followers look at the heads for it.
  virtual void on_commit(CommitListener listener) = 0;

  // This node, as heads name it.
  virtual NodeId node() const = 0;

  // Thread-safe: the time spent so far on flushes that commits waited for; stays zero where the
  // engine does not know it.
  virtual std::chrono::nanoseconds synced() const { return std::chrono::nanoseconds(0); }

  // Thread-safe, and quick: it waits for nobody.
  virtual StoreStats stats() const { return {}; }

  // A consistent, verified copy into `target_directory` (absent or empty), made while appends go
  // on. Engines whose server brings its own backup answer `rejected`.
  virtual void backup(const std::string& target_directory, Done done);
};

}  // namespace pim::store
