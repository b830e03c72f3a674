#include "store/sqlite/queries.h"

#include <limits>
#include <utility>

#include "store/planted.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"

namespace pim::store::sqlite {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::int64_t>::max();

StoreError malformed(std::string_view doing) {
  return {StoreErrorKind::corrupt, "a row that no version of the store writes, while " +
                                       std::string(doing) + "; run `pim audit verify`"};
}

// A read transaction over several statements; given back when it goes.
class Snapshotted {
 public:
  explicit Snapshotted(Connection& connection) : connection_(connection) {
    sqlite3_exec(connection_.raw(), "BEGIN", nullptr, nullptr, nullptr);
  }
  ~Snapshotted() { sqlite3_exec(connection_.raw(), "COMMIT", nullptr, nullptr, nullptr); }
  Snapshotted(const Snapshotted&) = delete;
  Snapshotted& operator=(const Snapshotted&) = delete;

 private:
  Connection& connection_;
};

}  // namespace

StoreResult<Queries> Queries::open(const std::string& database, const std::string& vfs) {
  auto connection = Connection::open(database, OpenMode::read_only, vfs);
  if (!connection) return Err{connection.error()};
  // Checkpoints belong to the writer: a second connection that does one can lose commits (the
  // WAL-reset race of SQLite before 3.51.3).
  sqlite3_db_config(connection->raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(connection->raw(), 1000);
  Queries queries(std::move(*connection));
  if (auto prepared = queries.prepare(); !prepared) return Err{prepared.error()};
  return queries;
}

StoreResult<void> Queries::prepare() {
  const std::string events(kEventColumns);
  const std::string receipts(kReceiptColumns);
  const std::pair<Statement*, std::string> wanted[] = {
      {&heads_, "SELECT " + std::string(kHeadColumns) + " FROM bucket_head ORDER BY bucket"},
      {&bucket_, "SELECT " + events + " FROM event WHERE key > ? AND key < ? ORDER BY key LIMIT ?"},
      {&stream_, "SELECT " + events +
                     " FROM event WHERE stream = ? AND version > ? ORDER BY version LIMIT ?"},
      {&receipts_, "SELECT seq, " + receipts + " FROM receipt WHERE seq > ? ORDER BY seq LIMIT ?"},
      {&receipt_, "SELECT " + receipts +
                      " FROM receipt WHERE request_id = ? AND user_id = ? AND routing_id = ?"},
      {&snapshot_, "SELECT " + std::string(kSnapshotColumns) + " FROM snapshot WHERE stream = ?"},
      {&head_epoch_, "SELECT epoch FROM bucket_head WHERE bucket = ?"},
      {&epoch_end_,
       "SELECT last_position FROM epoch_end WHERE bucket = ? AND epoch <= ? "
       "ORDER BY epoch DESC LIMIT 1"},
  };
  for (const auto& [statement, sql] : wanted) {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return Err{prepared.error()};
    *statement = std::move(*prepared);
  }
  return {};
}

template <class Row>
StoreResult<std::vector<Row>> Queries::collect(Run& run, Row (*read)(Run&),
                                               std::string_view doing) {
  std::vector<Row> rows;
  while (true) {
    const int rc = run.step();
    if (rc == SQLITE_DONE) return rows;
    if (rc != SQLITE_ROW) return Err{connection_.error(doing)};
    rows.push_back(read(run));
    if (run.malformed()) return Err{malformed(doing)};
  }
}

StoreResult<std::vector<BucketHead>> Queries::heads() {
  Run run(heads_);
  auto heads = collect(run, read_head, "reading heads");
  if (heads && heads->size() != kBuckets) return Err{malformed("counting heads")};
  return heads;
}

StoreResult<std::vector<EventRecord>> Queries::read_bucket(BucketId bucket,
                                                           std::uint64_t after_position,
                                                           std::size_t limit) {
  const std::uint64_t last = event_key(bucket, 0) + (std::uint64_t{1} << kPositionBits);
  if (after_position >= last - event_key(bucket, 0)) return std::vector<EventRecord>{};
  Run run(bucket_);
  run.integer(event_key(bucket, after_position)).integer(last).integer(limit);
  return collect(run, read_event, "reading a bucket");
}

StoreResult<std::vector<EventRecord>> Queries::read_stream(BucketId bucket, StreamId stream,
                                                           Version after_version,
                                                           std::size_t limit) {
  if (bucket != bucket_of(stream.value)) return std::vector<EventRecord>{};
  Run run(stream_);
  run.blob(stream.value.bytes).integer(after_version).integer(limit);
  return collect(run, read_event, "reading a stream");
}

StoreResult<std::vector<Receipt>> Queries::read_receipts(std::uint64_t& cursor, std::size_t limit) {
  Run run(receipts_);
  run.integer(cursor).integer(limit);
  std::vector<Receipt> page;
  std::uint64_t last = cursor;
  while (true) {
    const int rc = run.step();
    if (rc == SQLITE_DONE) break;
    if (rc != SQLITE_ROW) return Err{connection_.error("reading receipts")};
    last = static_cast<std::uint64_t>(sqlite3_column_int64(receipts_.raw(), 0));
    page.push_back(read_receipt(run, 1));
    if (run.malformed()) return Err{malformed("reading receipts")};
  }
  cursor = last;
  return page;
}

StoreResult<std::vector<Receipt>> Queries::find_receipt(const std::string& user_id,
                                                        const std::string& request_id,
                                                        StreamId routing_id) {
  if (planted(Bug::lost_dedupe)) return std::vector<Receipt>{};
  Run run(receipt_);
  run.text(request_id).text(user_id).blob(routing_id.value.bytes);
  return collect<Receipt>(run, [](Run& row) { return read_receipt(row, 0); }, "finding a receipt");
}

StoreResult<StreamHistory> Queries::load(BucketId bucket, StreamId stream) {
  const Snapshotted both(connection_);
  StreamHistory history;
  Version after = 0;
  {
    Run run(snapshot_);
    run.blob(stream.value.bytes);
    auto snapshot = collect(run, read_snapshot, "loading a snapshot");
    if (!snapshot) return Err{snapshot.error()};
    if (!snapshot->empty()) after = snapshot->front().version;
    history.snapshot = std::move(*snapshot);
  }
  auto events = read_stream(bucket, stream, after, kNoLimit);
  if (!events) return Err{events.error()};
  history.events = std::move(*events);
  return history;
}

StoreResult<std::optional<std::uint64_t>> Queries::last_position_of(BucketId bucket, Epoch epoch) {
  const Snapshotted both(connection_);
  {
    Run run(head_epoch_);
    run.integer(bucket.value);
    if (run.step() != SQLITE_ROW) return Err{connection_.error("reading a head's epoch")};
    if (epoch.value >= run.next_integer()) return std::optional<std::uint64_t>{};
  }
  Run run(epoch_end_);
  run.integer(bucket.value).integer(epoch.value);
  const int rc = run.step();
  if (rc == SQLITE_ROW) return std::optional<std::uint64_t>{run.next_integer()};
  if (rc != SQLITE_DONE) return Err{connection_.error("reading where an epoch ended")};
  return std::optional<std::uint64_t>{0};
}

}  // namespace pim::store::sqlite
