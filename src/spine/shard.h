// One shard as the rest of the process sees it: a mailbox in front of an executor, wired to the
// store and to the committer. It has no thread: whoever owns it calls run_once().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "spine/admission.h"
#include "spine/clock.h"
#include "spine/committer.h"
#include "spine/mailbox.h"
#include "spine/reference_cache.h"
#include "spine/shard_counters.h"
#include "spine/shard_executor.h"

namespace pim::spine {

class Shard final : private ExecutorPort {
 public:
  struct Parts {
    store::EventStore& store;
    const Clock& clock;
    const Ownership& ownership;
    OpenCommands& open;
    std::shared_ptr<ReferenceCache> references;
  };

  Shard(ShardId id, const SpineOptions& options, std::uint64_t event_id_seed, const Parts& parts);
  ~Shard() override;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Where the committer delivers this shard's results. May outlive the shard.
  Committer::Deliver deliver() const;
  // Before the first run_once().
  void connect(std::shared_ptr<Committer> committer) { committer_ = std::move(committer); }

  // Thread-safe. Refuses at once when the shard is overloaded or the spine drains.
  void submit(CommandRequest request, Reply reply);
  // Thread-safe. Why a command would be refused now; counts it where it would.
  std::optional<Shed> turn_away();

  // Executor's thread only: handles what the mailbox holds; returns when it is to be called again
  // at the latest.
  MonoTime run_once();
  // Executor's thread only: until there is a message, the limit is over, or stop() was called.
  void wait(std::chrono::nanoseconds limit) { mailbox_->wait(limit); }

  // Executor's thread only: how long it did not wait.
  void was_busy(std::chrono::nanoseconds time) {
    counters_.busy_ns.add(static_cast<std::uint64_t>(time.count()));
  }

  // Thread-safe: no more messages; wait() returns.
  void stop() { mailbox_->close(); }
  bool stopped() const { return mailbox_->closed(); }
  // After stop(), once the executor's thread is gone: answers every command that is left.
  void abandon();

  ShardStats stats() const;  // thread-safe
  const ShardExecutor& executor() const { return executor_; }

 private:
  void count_shed(Shed reason) { counters_.shed[static_cast<std::size_t>(reason)].add(); }
  void load_stream(StreamId id) override;
  void load_reference(StreamId id) override;
  void find_receipt(Ticket ticket, const CommandKey& key) override;
  void commit(Ticket ticket, store::Append append) override;
  bool store_accepts() const override { return committer_->accepting(); }
  std::size_t window() const override { return committer_->window(); }
  void save_snapshot(store::Snapshot snapshot) override;

  const ShardId id_;
  store::EventStore& store_;
  const Clock& clock_;
  OpenCommands& open_;
  const std::shared_ptr<ReferenceCache> references_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Committer> committer_;
  ShardCounters counters_;
  Admission admission_;

  // executor's thread only
  Inbox inbox_;
  std::vector<CommitItem> offers_;
  ShardExecutor executor_;
};

}  // namespace pim::spine
