// A copy of the store while it is written. The pages are copied in steps on the writing connection,
// so that what it writes in between goes to the copy too (from a second connection the copy would
// start again at every write); then a thread of its own verifies the copy and writes its manifest.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "store/event_store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/manifest.h"
#include "telemetry/scoped_span.h"

namespace pim::store::sqlite {

// Of the writer's thread, which owns it. `done` is called exactly once, on whichever thread ends
// it.
class OnlineBackup {
 public:
  // `target`: absent or empty; `work`: whose parts copying and verifying are. Where it cannot
  // start, `done` has been called, and null returned.
  static std::unique_ptr<OnlineBackup> start(Connection& source, const std::string& target,
                                             NodeId node, UtcMillis now,
                                             const telemetry::Work& work, Done done);
  // Ends it with `unavailable` where it has not ended.
  ~OnlineBackup();
  OnlineBackup(const OnlineBackup&) = delete;
  OnlineBackup& operator=(const OnlineBackup&) = delete;

  bool copying() const { return handle_ != nullptr; }
  // Copies at most `pages`; after the last ones it hands over to verification.
  void step(int pages);
  // Gives a copy under way up: its source is about to close. Verification goes on.
  void abandon_copy();
  bool ended() const { return ended_; }

 private:
  OnlineBackup(std::string target, NodeId node, UtcMillis now, const telemetry::Work& work,
               Done done);
  StoreResult<void> begin(Connection& source);
  void end(StoreResult<void> result);
  void verify();
  StoreResult<void> verify_copy();

  const std::string target_;
  const std::string unfinished_;
  const telemetry::Work work_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Manifest manifest_;
  Done done_;
  std::unique_ptr<Connection> copy_;  // while copying
  sqlite3_backup* handle_ = nullptr;  // not null: copying
  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  std::thread verifier_;
};

}  // namespace pim::store::sqlite
