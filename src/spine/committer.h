// Group commit: one batch is under way at the store, and everything that arrives meanwhile forms
// the next. An idle store gets a command at once, a busy one gets few large transactions.
//
//   idle -> committing -> idle, or committing again where more is queued
//              `-> recovering (the outcome is unknown) -> resolving -> idle
//
// From an unknown outcome until it is resolved nothing is submitted: what was queued is refused,
// then the store recovers, then the receipt of each command of the batch says whether it happened.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "spine/clock.h"
#include "spine/commit_result.h"
#include "store/event_store.h"

namespace pim::spine {

struct CommitItem {
  Ticket ticket = nullptr;
  store::Append append;
  bool sampled = false;  // its trace is kept
  MonoTime offered = {};
};

// Thread-safe. Held by shared_ptr: completions of the store may outlive the spine.
class Committer : public std::enable_shared_from_this<Committer> {
 public:
  // Gives results back to a shard; on a thread of the store's or of offer()'s caller. Must not
  // block. Every ticket that was offered comes back exactly once, unless close() came first.
  using Deliver = std::function<void(std::vector<CommitResult>)>;

  // Before the first offer: one Deliver a shard, and what must happen between a recovery and the
  // next commit.
  Committer(store::EventStore& store, const Clock& clock, std::size_t max_batch,
            std::vector<Deliver> shards, std::function<void()> on_recovered,
            telemetry::Tracer* tracer = nullptr, std::string region = "local");

  // Commits in the order of offers, as far as one shard is concerned; shards take turns.
  void offer(std::size_t shard, std::vector<CommitItem> items);

  // False from an unknown outcome until it is resolved: what is offered then is refused.
  bool accepting() const { return accepting_.load(std::memory_order_acquire); }
  // How many commands of one shard may be here at a time: its share of two batches, the one that is
  // written and the one that forms. What waits longer waits in the shard's queue, where Admission
  // sees it and where it stands before no other shard's.
  std::size_t window() const;
  // False also for a second after the store refused a batch (disk low, unavailable): readiness
  // falls, and traffic that comes back tries again.
  bool writable() const;

  // Tries again what failed while recovering or resolving. Call it every 100 ms or so.
  void tick();
  // Nothing more is submitted and nothing more is delivered.
  void close();

  CommitterStats stats() const;

 private:
  enum class State : std::uint8_t {
    idle,
    committing,
    recovering,
    recover_failed,  // tried again by tick()
    resolving,
    resolve_failed,  // likewise
    closed,
  };
  // What must be remembered of a command whose Append the store has.
  struct UnderWay {
    std::size_t shard = 0;
    Ticket ticket = nullptr;
    std::string user_id;
    std::string request_id;
    StreamId routing_id;
    MonoTime offered;
    bool resolved = false;
  };
  using Deliveries = std::vector<std::vector<CommitResult>>;  // by shard

  std::vector<store::Append> next_batch();  // with mutex_ held
  void submit(std::vector<store::Append> batch);
  void on_batch(store::BatchResult result);
  void recover();
  void on_recovered(const store::StoreResult<void>& result);
  void resolve();
  void on_receipt(std::size_t index, store::StoreResult<std::vector<store::Receipt>> result);
  void deliver(Deliveries deliveries);
  void pace(std::chrono::nanoseconds batch_time);  // with mutex_ held
  // With mutex_ held; a batch has a span where one of its commands is of a kept trace.
  void join_batch(const CommitItem& item);
  telemetry::Span batch_span(const store::BatchResult& result, MonoTime committed) const;

  store::EventStore& store_;
  const Clock& clock_;
  const std::size_t max_batch_;
  const std::vector<Deliver> shards_;
  const std::function<void()> on_recovered_;
  telemetry::Tracer* const tracer_;
  const std::string region_;

  std::atomic<bool> accepting_{true};
  std::atomic<std::int64_t> refused_at_ns_{INT64_MIN};
  std::atomic<std::size_t> batch_limit_;

  mutable std::mutex mutex_;  // guards all below; never held across a call into store or shards
  State state_ = State::idle;
  std::vector<std::deque<CommitItem>> queued_;  // by shard
  std::size_t queued_total_ = 0;
  std::size_t first_shard_ = 0;  // whose turn it is
  std::vector<UnderWay> under_way_;
  MonoTime submitted_at_;
  telemetry::TraceContext batch_;                 // sampled: it has a span
  std::vector<telemetry::TraceContext> batched_;  // what that is linked to
  MonoTime retry_at_;
  std::size_t resolving_ = 0;  // receipts not yet looked up
  std::vector<UnderWay> unresolved_;
  Deliveries resolved_;
  CommitterStats stats_;  // its counters

  std::chrono::nanoseconds synced_{0};       // as the store said last
  std::chrono::nanoseconds sync_time_{0};    // of a batch: a moving mean
  std::chrono::nanoseconds append_time_{0};  // of one of its commands, without the sync; likewise

  telemetry::Histogram batch_appends_{telemetry::kSizeBounds};
  telemetry::Histogram commit_seconds_;
};

}  // namespace pim::spine
