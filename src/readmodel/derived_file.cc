#include "readmodel/derived_file.h"

#include <cstdio>
#include <utility>

namespace pim::readmodel {
namespace {

using store::StoreResult;
using store::sqlite::Connection;
using store::sqlite::OpenMode;
using store::sqlite::Run;

// NORMAL: a power loss may take the newest transactions, never a part of one; the checkpoints go
// with them. The WAL is copied back every 1,024 pages: more seldom, and the store's own syncs wait
// for the disk behind one long copy.
constexpr const char* kPragmas =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA wal_autocheckpoint=1024;"
    "PRAGMA journal_size_limit=67108864;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-16384;";

constexpr const char* kCheckpointTable =
    "CREATE TABLE checkpoint("
    "  bucket INTEGER PRIMARY KEY,"
    "  position INTEGER NOT NULL,"
    "  hash BLOB NOT NULL);";

}  // namespace

StoreResult<DerivedFile> DerivedFile::open(const std::string& path, const DerivedSchema& schema) {
  auto file = open_as_it_is(path, schema);
  // Anything else, such as a lock or a full disk, is no reason to drop it.
  if (file || file.error().kind != store::StoreErrorKind::corrupt) return file;
  remove_derived_file(path);
  return open_as_it_is(path, schema);
}

StoreResult<DerivedFile> DerivedFile::open_as_it_is(const std::string& path,
                                                    const DerivedSchema& schema) {
  auto connection = Connection::open(path, OpenMode::create, "");
  if (!connection) return Err{connection.error()};
  DerivedFile file(std::move(*connection));
  if (auto ready = file.prepare_file(schema); !ready) return Err{ready.error()};
  return file;
}

StoreResult<void> DerivedFile::prepare_file(const DerivedSchema& schema) {
  if (auto done = connection_.execute(kPragmas); !done) return done;
  auto version = connection_.query_integer("PRAGMA user_version");
  if (!version) return Err{version.error()};
  if (*version == 0) {
    std::string sql = "BEGIN IMMEDIATE;";
    sql += kCheckpointTable;
    sql += schema.sql;
    sql += "PRAGMA user_version=" + std::to_string(schema.version) + ";COMMIT;";
    if (auto done = connection_.execute(sql); !done) return done;
  } else if (*version != schema.version) {
    return Err{malformed("the file's schema version " + std::to_string(*version))};
  }

  const std::pair<store::sqlite::Statement*, std::string_view> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"},
      {&save_,
       "INSERT INTO checkpoint(bucket, position, hash) VALUES(?,?,?) "
       "ON CONFLICT(bucket) DO UPDATE SET position=excluded.position, hash=excluded.hash"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return Err{prepared.error()};
    *statement = std::move(*prepared);
  }
  return load_checkpoints();
}

StoreResult<void> DerivedFile::load_checkpoints() {
  auto statement = connection_.prepare("SELECT bucket, position, hash FROM checkpoint");
  if (!statement) return Err{statement.error()};
  std::vector<Checkpoint> loaded(kBuckets);
  Run run(*statement);
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    const std::uint64_t bucket = run.next_integer();
    if (bucket >= kBuckets) return Err{malformed("a checkpoint")};
    loaded[bucket].position = run.next_integer();
    run.next_blob(loaded[bucket].hash.bytes);
  }
  if (rc != SQLITE_DONE) return Err{connection_.error("reading checkpoints")};
  if (run.malformed()) return Err{malformed("a checkpoint")};
  committed_ = std::move(loaded);
  return {};
}

StoreResult<void> DerivedFile::begin() {
  open_.clear();
  Run run(begin_);
  return finish(run, "beginning a transaction");
}

StoreResult<void> DerivedFile::save_checkpoint(BucketId bucket, const Checkpoint& checkpoint) {
  Run run(save_);
  run.integer(bucket.value).integer(checkpoint.position).blob(checkpoint.hash.bytes);
  open_.emplace_back(bucket, checkpoint);
  return finish(run, "saving a checkpoint");
}

StoreResult<void> DerivedFile::commit() {
  Run run(commit_);
  if (auto done = finish(run, "committing"); !done) return done;
  for (const auto& [bucket, checkpoint] : open_) committed_[bucket.value] = checkpoint;
  open_.clear();
  return {};
}

StoreResult<void> DerivedFile::rollback() {
  open_.clear();
  if (sqlite3_get_autocommit(connection_.raw()) == 0) {
    Run run(rollback_);
    (void)run.step();  // a failure that ended the transaction already is none
  }
  return load_checkpoints();
}

store::StoreError DerivedFile::malformed(std::string_view what) {
  std::string message(what);
  message += " is not as this program writes it; the file can be deleted and is made again";
  return {store::StoreErrorKind::corrupt, std::move(message)};
}

StoreResult<void> DerivedFile::finish(Run& run, std::string_view doing) const {
  if (run.step() != SQLITE_DONE) return Err{failure(doing)};
  return {};
}

store::StoreError DerivedFile::failure(std::string_view doing) const {
  auto error = connection_.error(doing);
  error.kind = store::StoreErrorKind::unavailable;
  return error;
}

StoreResult<Connection> open_derived_reader(const std::string& path) {
  auto connection = Connection::open(path, OpenMode::read_only, "");
  if (!connection) return connection;
  sqlite3_db_config(connection->raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Only ever waits while the writer opens or closes the file.
  sqlite3_busy_timeout(connection->raw(), 1000);
  return connection;
}

void remove_derived_file(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
}

}  // namespace pim::readmodel
