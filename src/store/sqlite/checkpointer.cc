#include "store/sqlite/checkpointer.h"

#include <utility>

namespace pim::store::sqlite {
namespace {

constexpr std::uint64_t kShortTail = 256 << 10;  // bytes: about as much as a commit's own

sqlite3_file* file_of(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.raw(), "main", SQLITE_FCNTL_FILE_POINTER,
                       static_cast<void*>(&file));
  return file;
}

}  // namespace

Checkpointer::Checkpointer(Connection& writer, const SqliteOptions& options,
                           const std::string& database, Meter& meter)
    : writer_(writer),
      options_(options),
      database_(database),
      meter_(meter),
      sync_(file_of(writer), options.sync_in_place, meter.database_sync) {}

void Checkpointer::note_log(std::uint64_t bytes) {
  if (bytes < log_bytes_) marked_bytes_ = 0;  // it began anew
  log_bytes_ = bytes;
  meter_.log_bytes.store(bytes, std::memory_order_relaxed);
  all_copied_ = false;
}

bool Checkpointer::after_commit() {
  // Faster in than out: the writer waits for the disk, and for readers.
  if (log_bytes_ >= options_.wal_cap_bytes) return copy_all(SQLITE_CHECKPOINT_RESTART);
  switch (phase_) {
    case Phase::waiting:
      if (tail() >= options_.checkpoint_bytes) mark();
      return true;
    case Phase::marked: {
      if (tail() == 0) return true;  // no commit since
      const bool copied = copy(SQLITE_CHECKPOINT_PASSIVE);
      unmark();
      sync_.start();
      phase_ = Phase::syncing;
      return copied;
    }
    case Phase::syncing:
      return sync_.under_way() || continue_after_sync();
  }
  return true;
}

bool Checkpointer::continue_after_sync() {
  if (sync_.failed()) return false;
  phase_ = Phase::waiting;
  const bool long_enough = log_bytes_ >= options_.wal_cap_bytes / 2;
  if (!long_enough) return true;
  const bool shrinks = tail() < round_bytes_ - round_bytes_ / 4;
  if (tail() <= kShortTail || !shrinks) return copy_all(SQLITE_CHECKPOINT_PASSIVE);
  mark();
  return true;
}

bool Checkpointer::when_idle() { return all_copied_ || copy_all(SQLITE_CHECKPOINT_PASSIVE); }

bool Checkpointer::empty_log() { return copy_all(SQLITE_CHECKPOINT_TRUNCATE); }

bool Checkpointer::copy_all(int mode) {
  sync_.wait();
  unmark();
  phase_ = Phase::waiting;
  marked_bytes_ = log_bytes_;
  return copy(mode);
}

bool Checkpointer::copy(int mode) {
  if (sync_.failed()) return false;
  int in_log = 0;
  int copied = 0;
  const auto started = std::chrono::steady_clock::now();
  const int rc = sqlite3_wal_checkpoint_v2(writer_.raw(), "main", mode, &in_log, &copied);
  meter_.checkpoint.observe(std::chrono::steady_clock::now() - started);
  all_copied_ = rc == SQLITE_OK && in_log == copied;
  // Another failure, or a reader in the way, leaves the log longer; that is tried again.
  return rc == SQLITE_OK || !is_failed_sync(sqlite3_extended_errcode(writer_.raw()));
}

// Where it cannot, the log only grows longer until the next try.
void Checkpointer::mark() {
  if (!marker_) {
    auto opened = Connection::open(database_, OpenMode::read_only, options_.vfs);
    if (!opened) return;
    sqlite3_db_config(opened->raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    marker_ = std::make_unique<Connection>(std::move(*opened));
  }
  // The transaction begins with its first read.
  const bool reads =
      marker_->execute("BEGIN").ok() && marker_->query_integer("SELECT count(*) FROM meta").ok();
  if (!reads) return unmark();
  round_bytes_ = tail();
  marked_bytes_ = log_bytes_;
  phase_ = Phase::marked;
}

void Checkpointer::unmark() {
  if (marker_) sqlite3_exec(marker_->raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace pim::store::sqlite
