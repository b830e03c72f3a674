// Who may read the store's files, and when. Recovery and closing take the files away from every
// reader at once; readers find out at their next call and open anew.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>

#include "store/sqlite/queries.h"

namespace pim::store::sqlite {

class ReadSession;

// Thread-safe. Lock order: files_, then sessions_mutex_.
class Gate {
 public:
  // From now on every reader is refused; those within a call finish it.
  void take_out_of_service() { in_service_ = false; }
  void put_in_service() { in_service_ = true; }
  bool in_service() const { return in_service_; }

  // Waits for the readers within a call, then closes every reader's connection.
  void close_all();

 private:
  friend class ReadSession;
  std::atomic<bool> in_service_{false};
  std::shared_mutex files_;  // shared: within a read; exclusive: closing

  std::mutex sessions_mutex_;
  std::set<ReadSession*> sessions_;  // guarded by sessions_mutex_
};

// One reader's connection, opened when first needed. One thread at a time.
class ReadSession {
 public:
  ReadSession(std::shared_ptr<Gate> gate, std::string database, std::string vfs);
  ~ReadSession();
  ReadSession(const ReadSession&) = delete;
  ReadSession& operator=(const ReadSession&) = delete;

  // `read(Queries&)` against the current files; `unavailable` while there are none.
  template <class Read>
  auto run(Read read) -> decltype(read(std::declval<Queries&>())) {
    const std::shared_lock within(gate_->files_);
    auto queries = current_files();
    if (!queries) return Err{queries.error()};
    return read(**queries);
  }

 private:
  friend class Gate;
  StoreResult<Queries*> current_files();

  std::shared_ptr<Gate> gate_;
  std::string database_;
  std::string vfs_;
  std::unique_ptr<Queries> queries_;
};

}  // namespace pim::store::sqlite
