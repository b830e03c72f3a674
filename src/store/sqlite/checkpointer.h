// Copies the write-ahead log back into the database without making commits wait for the disk.
//
// A checkpoint that copies the whole log ends with a sync of the database, on the connection that
// also commits: tens of milliseconds in which nothing else is written. So it goes in rounds:
//   1. A reader of our own marks the end of the log. One commit later the log is longer than that,
//      so a checkpoint copies up to the mark, and SQLite, which needs the sync only before it
//      reuses the log, does none.
//   2. A background thread syncs the database. Commits go on.
//   3. When the log is long enough to begin anew, rounds follow at once, each for the tail that was
//      committed during the one before. When the tail is short, or gets no shorter, a complete
//      checkpoint ends it: its sync has little left to do.
// The order that durability needs is SQLite's own: the log is reused only after the complete
// checkpoint's sync. The background sync only leaves it less work; but where it fails, that sync
// could be told nothing of it, so the files are no longer trusted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "store/sqlite/background_sync.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/meter.h"
#include "store/sqlite/options.h"

namespace pim::store::sqlite {

// Of the writer's thread.
class Checkpointer {
 public:
  // `meter` outlives it.
  Checkpointer(Connection& writer, const SqliteOptions& options, const std::string& database,
               Meter& meter);

  // From the commit hook: how long the log is now.
  void note_log(std::uint64_t bytes);

  // Each returns false where a sync failed: the store must leave service.
  [[nodiscard]] bool after_commit();
  [[nodiscard]] bool when_idle();  // completes what is under way
  [[nodiscard]] bool empty_log();  // for a clean close

 private:
  enum class Phase { waiting, marked, syncing };

  std::uint64_t tail() const { return log_bytes_ - marked_bytes_; }
  bool continue_after_sync();
  void mark();
  void unmark();
  bool copy(int mode);
  bool copy_all(int mode);

  Connection& writer_;
  const SqliteOptions& options_;
  const std::string database_;
  Meter& meter_;
  BackgroundSync sync_;
  std::unique_ptr<Connection> marker_;  // read-only; holds a read transaction while marked
  Phase phase_ = Phase::waiting;
  std::uint64_t log_bytes_ = 0;
  std::uint64_t marked_bytes_ = 0;  // of the log: where this or the last round ends
  std::uint64_t round_bytes_ = 0;   // what this or the last round copies
  bool all_copied_ = false;         // nothing was committed since a complete checkpoint
};

}  // namespace pim::store::sqlite
