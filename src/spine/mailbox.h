// What the world tells an executor: filled by many threads, emptied in one go by its own.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "domain/decide.h"
#include "spine/clock.h"
#include "spine/fold.h"
#include "spine/pending_command.h"
#include "store/event_store.h"

namespace pim::spine {

struct Inbox {
  struct LoadedStream {
    StreamId id;
    store::StoreResult<FoldedStream> result;
  };
  struct LoadedReference {
    StreamId id;
    bool ok = true;  // the fact is in the ReferenceCache, unless it was invalidated meanwhile
  };
  struct FoundReceipt {
    Ticket ticket = nullptr;
    store::StoreResult<std::vector<store::Receipt>> result;
  };

  std::vector<std::unique_ptr<PendingCommand>> commands;
  std::vector<CommitResult> results;
  std::vector<LoadedStream> streams;
  std::vector<LoadedReference> references;
  std::vector<FoundReceipt> receipts;

  bool empty() const {
    return commands.empty() && results.empty() && streams.empty() && references.empty() &&
           receipts.empty();
  }
  void clear() {
    commands.clear();
    results.clear();
    streams.clear();
    references.clear();
    receipts.clear();
  }
};

// Thread-safe, with one consumer. Held by shared_ptr: completions of the store may outlive it.
class Mailbox {
 public:
  // Calls put(Inbox&) under the lock; false, without calling it, where the mailbox is closed.
  template <class Put>
  bool post(Put&& put) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return false;
      std::forward<Put>(put)(inbox_);
      wake = std::exchange(sleeping_, false);
    }
    if (wake) ready_.notify_one();  // only a sleeping consumer costs a system call
    return true;
  }

  // Swaps the messages into `out`, which must be empty.
  void take(Inbox& out) {
    const std::lock_guard lock(mutex_);
    std::swap(out, inbox_);
  }
  // Returns when there is a message, after `limit`, or when closed.
  void wait(std::chrono::nanoseconds limit) {
    std::unique_lock lock(mutex_);
    if (closed_ || !inbox_.empty()) return;
    sleeping_ = true;
    ready_.wait_for(lock, limit, [this] { return closed_ || !sleeping_; });
    sleeping_ = false;
  }
  // What is in it stays to be taken; nothing is added.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  Inbox inbox_;
  bool sleeping_ = false;
  bool closed_ = false;
};

}  // namespace pim::spine
