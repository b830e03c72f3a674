// The one connection that writes and checkpoints, and everything that is done on it. One thread at
// a time; the writer's thread owns it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/append_transaction.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_buffer.h"
#include "store/sqlite/meter.h"
#include "store/sqlite/options.h"

namespace pim::store::sqlite {

std::string database_path(const std::string& directory);
std::string wal_path(const std::string& directory);

class WriteSession {
 public:
  // Creates the store where the directory has none. `meter` outlives the session.
  static StoreResult<std::unique_ptr<WriteSession>> open(const SqliteOptions& options, Files& files,
                                                         Meter& meter);
  ~WriteSession();
  WriteSession(const WriteSession&) = delete;
  WriteSession& operator=(const WriteSession&) = delete;

  NodeId node() const { return node_; }

  // False after a failed sync or an unfinished commit: no more work may be done on these files.
  bool trusted() const { return trusted_; }

  struct Committed {
    BatchResult result;
    std::vector<EventRecord> events;
  };
  Committed append(std::vector<Append>& batch, std::span<const Snapshot> snapshots);
  // Compare-and-set of heads, all or none: pairs of expected and next.
  StoreResult<void> change_heads(const std::vector<std::pair<BucketHead, BucketHead>>& changes);

  // Keep the log short. Their failures are not the caller's, but may end trusted().
  void checkpoint_after_commit();
  void checkpoint_when_idle();
  void checkpoint_fully();  // the log copied back and emptied: what a clean close leaves

  // Removes at most `limit` receipts of rejections recorded before that time; how many it removed.
  StoreResult<std::uint64_t> remove_rejected(UtcMillis before, std::size_t limit);

  Connection& connection() { return connection_; }

 private:
  WriteSession(std::unique_ptr<LogBuffer> log_buffer, Connection connection,
               const SqliteOptions& options, Meter& meter)
      : options_(options),
        meter_(meter),
        log_buffer_(std::move(log_buffer)),
        connection_(std::move(connection)),
        checkpointer_(connection_, options_, database_path(options.directory), meter) {}
  StoreResult<void> configure();
  StoreResult<void> load_node();
  StoreResult<void> change_head_within(const BucketHead& expected, const BucketHead& next);
  // Commits what `done` says succeeded, else rolls back.
  StoreResult<void> finish(StoreResult<void> done);
  void note_failure();

  SqliteOptions options_;
  Meter& meter_;
  std::unique_ptr<LogBuffer> log_buffer_;  // outlives the connection; none where nothing is synced
  Connection connection_;
  Checkpointer checkpointer_;
  std::unique_ptr<AppendTransaction> appends_;
  NodeId node_;
  bool trusted_ = true;
};

}  // namespace pim::store::sqlite
