// Passes a store's commits on until it is closed. The store announces on a thread of its own, after
// the batch was answered: whoever saw the last answer cannot know that its announcement is over.
#pragma once

#include <mutex>
#include <utility>

#include "store/event_store.h"

namespace pim::cli {

// Thread-safe.
class CommitFeed {
 public:
  void open(store::CommitListener listener) {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  void announce(const store::CommittedEvents& events) {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_(events);
  }
  // When it returns, no call of the listener is under way and none will begin. Not from within one.
  void close() { open(nullptr); }

 private:
  std::mutex mutex_;
  store::CommitListener listener_;
};

}  // namespace pim::cli
