#include "store/sqlite/write_session.h"

#include <utility>

#include "store/planted.h"
#include "store/sqlite/node_id.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"

namespace pim::store::sqlite {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr int kBusyMs = 1000;  // how long a checkpoint at the cap waits for readers

}  // namespace

std::string database_path(const std::string& directory) { return directory + "/events.db"; }
std::string wal_path(const std::string& directory) { return directory + "/events.db-wal"; }

StoreResult<std::unique_ptr<WriteSession>> WriteSession::open(const SqliteOptions& options,
                                                              Files& files, Meter& meter) {
  std::unique_ptr<LogBuffer> log_buffer;
  if (!planted(Bug::skip_sync))
    log_buffer = std::make_unique<LogBuffer>(options.vfs, meter.log_sync);
  auto connection = Connection::open(database_path(options.directory), OpenMode::create,
                                     log_buffer ? log_buffer->vfs() : options.vfs);
  if (!connection) return Err{connection.error()};
  std::unique_ptr<WriteSession> session(
      new WriteSession(std::move(log_buffer), std::move(*connection), options, meter));
  if (auto ready = session->configure(); !ready) return Err{ready.error()};
  // SQLite syncs the directory for its log, not for a new database.
  if (auto synced = files.sync_directory(options.directory); !synced) return Err{synced.error()};
  auto appends = AppendTransaction::prepare(session->connection_);
  if (!appends) return Err{appends.error()};
  session->appends_ = std::make_unique<AppendTransaction>(std::move(*appends));
  if (auto known = session->load_node(); !known) return Err{known.error()};
  return session;
}

WriteSession::~WriteSession() = default;

StoreResult<void> WriteSession::configure() {
  sqlite3* raw = connection_.raw();
  // A close must never checkpoint by itself: after a failed sync that would spread what is not
  // trusted. A clean close calls checkpoint_fully().
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(raw, kBusyMs);
  sqlite3_wal_hook(
      raw,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<WriteSession*>(self)->checkpointer_.note_log(static_cast<std::uint64_t>(pages) *
                                                                 kPageBytes);
        return SQLITE_OK;
      },
      this);

  const std::string sync = planted(Bug::skip_sync) ? "OFF" : "FULL";
  {
    auto mode = connection_.prepare("PRAGMA journal_mode = WAL");
    if (!mode) return Err{mode.error()};
    Run run(*mode);
    if (run.step() != SQLITE_ROW) return Err{connection_.error("switching to WAL")};
    if (run.next_text() != "wal") {
      return Err{StoreError{StoreErrorKind::unavailable, "the file system cannot do SQLite's WAL"}};
    }
  }
  auto done =
      connection_.execute("PRAGMA synchronous = " + sync + ";PRAGMA cache_size = -" +
                          std::to_string(options_.cache_bytes / 1024) +
                          ";PRAGMA journal_size_limit = " + std::to_string(options_.wal_cap_bytes) +
                          ";PRAGMA temp_store = MEMORY;PRAGMA secure_delete = OFF");
  if (!done) return done;
  return prepare_schema(connection_, new_node_id());
}

StoreResult<void> WriteSession::load_node() {
  auto statement = connection_.prepare("SELECT value FROM meta WHERE name = 'node'");
  if (!statement) return Err{statement.error()};
  Run run(*statement);
  if (run.step() == SQLITE_ROW) run.next_blob(node_.value.bytes);
  auto heads = connection_.query_integer("SELECT count(*) FROM bucket_head");
  if (!heads) return Err{heads.error()};
  if (node_.value.is_nil() || *heads != kBuckets) {
    return Err{StoreError{StoreErrorKind::corrupt,
                          "the store has no node id, or not all of its bucket heads; restore it "
                          "from a backup"}};
  }
  return {};
}

void WriteSession::note_failure() {
  if (is_failed_sync(sqlite3_extended_errcode(connection_.raw()))) trusted_ = false;
}

WriteSession::Committed WriteSession::append(std::vector<Append>& batch,
                                             std::span<const Snapshot> snapshots) {
  AppendTransaction::Outcome outcome = appends_->run(batch, snapshots);
  if (!outcome.trusted) trusted_ = false;
  meter_.read_page_cache(connection_.raw());
  return {std::move(outcome.result), std::move(outcome.events)};
}

StoreResult<void> WriteSession::change_heads(
    const std::vector<std::pair<BucketHead, BucketHead>>& changes) {
  for (const auto& [expected, next] : changes) {
    if (expected.bucket != next.bucket || expected.bucket.value >= kBuckets) {
      return Err{StoreError{StoreErrorKind::rejected, "change_head: not the head of one bucket"}};
    }
  }
  if (auto begun = connection_.execute("BEGIN IMMEDIATE"); !begun) return begun;
  StoreResult<void> done;
  for (const auto& [expected, next] : changes) {
    done = change_head_within(expected, next);
    if (!done) break;
  }
  return finish(std::move(done));
}

StoreResult<void> WriteSession::change_head_within(const BucketHead& expected,
                                                   const BucketHead& next) {
  if (next.epoch > expected.epoch) {
    auto end = connection_.prepare(
        "INSERT OR REPLACE INTO epoch_end SELECT bucket, epoch, next_position - 1 FROM bucket_head "
        "WHERE bucket = ? AND epoch = ?");
    if (!end) return Err{end.error()};
    Run run(*end);
    if (run.integer(expected.bucket.value).integer(expected.epoch.value).step() != SQLITE_DONE) {
      return Err{connection_.error("noting an epoch's end")};
    }
  }
  auto change = connection_.prepare(
      "UPDATE bucket_head SET owner = ?, epoch = ?, state = ? "
      "WHERE bucket = ? AND owner = ? AND epoch = ? AND state = ?");
  if (!change) return Err{change.error()};
  Run run(*change);
  run.blob(next.owner.value.bytes)
      .integer(next.epoch.value)
      .integer(static_cast<std::uint64_t>(next.state))
      .integer(expected.bucket.value)
      .blob(expected.owner.value.bytes)
      .integer(expected.epoch.value)
      .integer(static_cast<std::uint64_t>(expected.state));
  if (run.step() != SQLITE_DONE) return Err{connection_.error("changing a head")};
  if (sqlite3_changes(connection_.raw()) == 0) {
    return Err{StoreError{StoreErrorKind::conflict, "change_head: the stored head of bucket " +
                                                        std::to_string(expected.bucket.value) +
                                                        " is another one"}};
  }
  if (next.epoch < expected.epoch) {
    return Err{StoreError{StoreErrorKind::rejected, "change_head: an epoch never goes back"}};
  }
  return {};
}

StoreResult<void> WriteSession::finish(StoreResult<void> done) {
  if (done) {
    done = connection_.execute("COMMIT");
    if (done) return done;
    done.error().kind = StoreErrorKind::unknown;
    trusted_ = false;
  }
  note_failure();
  sqlite3_exec(connection_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

void WriteSession::checkpoint_after_commit() {
  if (trusted_) trusted_ = checkpointer_.after_commit();
}

void WriteSession::checkpoint_when_idle() {
  if (trusted_) trusted_ = checkpointer_.when_idle();
}

void WriteSession::checkpoint_fully() {
  if (trusted_) trusted_ = checkpointer_.empty_log();
}

StoreResult<std::uint64_t> WriteSession::remove_rejected(UtcMillis before, std::size_t limit) {
  auto remove = connection_.prepare(
      "DELETE FROM receipt WHERE seq IN (SELECT seq FROM receipt WHERE status >= 400 AND "
      "recorded_at < ? LIMIT ?)");
  if (!remove) return Err{remove.error()};
  if (auto begun = connection_.execute("BEGIN IMMEDIATE"); !begun) return Err{begun.error()};
  StoreResult<void> done;
  {
    Run run(*remove);
    if (run.integer(static_cast<std::uint64_t>(before.value)).integer(limit).step() !=
        SQLITE_DONE) {
      done = Err{connection_.error("removing old receipts")};
    }
  }
  const auto removed = static_cast<std::uint64_t>(sqlite3_changes(connection_.raw()));
  done = finish(std::move(done));
  if (!done) return Err{done.error()};
  return removed;
}

}  // namespace pim::store::sqlite
