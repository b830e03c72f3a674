#include "store/sqlite/schema.h"

#include <iterator>
#include <string>

namespace pim::store::sqlite {
namespace {

// Entry n brings a file of version n to n + 1; entries are never edited once released.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bucket_head(
  bucket INTEGER PRIMARY KEY,
  owner BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  state INTEGER NOT NULL,
  next_position INTEGER NOT NULL,
  chain_hash BLOB NOT NULL
) STRICT;

CREATE TABLE event(
  key INTEGER PRIMARY KEY,
  stream BLOB NOT NULL,
  version INTEGER NOT NULL,
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  data TEXT NOT NULL,
  tenant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  request_id TEXT NOT NULL,
  trace_id BLOB NOT NULL,
  span_id BLOB NOT NULL,
  recorded_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_by_stream ON event(stream, version);

CREATE TABLE receipt(
  seq INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  routing_id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  trace_id BLOB NOT NULL,
  span_id BLOB NOT NULL,
  recorded_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  command TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  status INTEGER NOT NULL,
  problem_type TEXT NOT NULL,
  problem_params TEXT NOT NULL,
  version INTEGER NOT NULL,
  first_position INTEGER NOT NULL,
  last_position INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX receipt_by_key ON receipt(request_id, user_id, routing_id);

CREATE TABLE snapshot(
  stream BLOB PRIMARY KEY,
  kind INTEGER NOT NULL,
  version INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
)sql",
    // Where each past epoch ended, for position tokens of a lost range; and a way to the rejected
    // receipts that may go.
    R"sql(
CREATE TABLE epoch_end(
  bucket INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  last_position INTEGER NOT NULL,
  PRIMARY KEY(bucket, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_rejected ON receipt(recorded_at) WHERE status >= 400;
)sql",
    // Events in the order of commits. Ordered by key, each new one lay between those of two buckets
    // and split a page: a batch wrote half as many pages again.
    R"sql(
ALTER TABLE event RENAME TO event_v2;
DROP INDEX event_by_stream;
CREATE TABLE event(
  seq INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  stream BLOB NOT NULL,
  version INTEGER NOT NULL,
  id BLOB NOT NULL,
  kind INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  data TEXT NOT NULL,
  tenant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  request_id TEXT NOT NULL,
  trace_id BLOB NOT NULL,
  span_id BLOB NOT NULL,
  recorded_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO event(key, stream, version, id, kind, type, schema_version, data, tenant, user_id, role,
                  request_id, trace_id, span_id, recorded_at, reason, prev_hash, hash)
  SELECT key, stream, version, id, kind, type, schema_version, data, tenant, user_id, role,
         request_id, trace_id, span_id, recorded_at, reason, prev_hash, hash
  FROM event_v2 ORDER BY key;
DROP TABLE event_v2;
CREATE UNIQUE INDEX event_by_key ON event(key);
CREATE UNIQUE INDEX event_by_stream ON event(stream, version);
)sql",
};
static_assert(std::size(kMigrations) == kSchemaVersion);

StoreError refused(std::string message) { return {StoreErrorKind::rejected, std::move(message)}; }

StoreError newer(std::int64_t version) {
  return refused("the store's schema is version " + std::to_string(version) +
                 ", this program knows up to " + std::to_string(kSchemaVersion) +
                 "; use the program that wrote it, or a newer one");
}

StoreResult<void> create_heads(Connection& connection, NodeId node) {
  auto meta = connection.prepare("INSERT INTO meta(name, value) VALUES ('node', ?)");
  if (!meta) return Err{meta.error()};
  if (Run(*meta).blob(node.value.bytes).step() != SQLITE_DONE) {
    return Err{connection.error("naming the node")};
  }
  auto head = connection.prepare("INSERT INTO bucket_head VALUES (?, ?, 1, 0, 1, ?)");
  if (!head) return Err{head.error()};
  const Digest start;
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    Run run(*head);
    if (run.integer(bucket).blob(node.value.bytes).blob(start.bytes).step() != SQLITE_DONE) {
      return Err{connection.error("creating the bucket heads")};
    }
  }
  return {};
}

StoreResult<void> migrate(Connection& connection, std::int64_t from, NodeId node) {
  for (std::int64_t version = from; version < kSchemaVersion; ++version) {
    if (auto made = connection.execute(kMigrations[version]); !made) return made;
    if (version == 0) {
      if (auto made = create_heads(connection, node); !made) return made;
    }
  }
  return connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

StoreResult<std::int64_t> schema_version(Connection& connection) {
  auto application = connection.query_integer("PRAGMA application_id");
  if (!application) return application;
  auto version = connection.query_integer("PRAGMA user_version");
  if (!version) return version;
  auto tables = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables;
  const bool empty = *tables == 0 && *application == 0 && *version == 0;
  if (!empty && *application != kApplicationId) {
    return Err{refused("the file is an SQLite database, but not an event store")};
  }
  return version;
}

}  // namespace

StoreResult<void> prepare_schema(Connection& connection, NodeId node) {
  auto version = schema_version(connection);
  if (!version) return Err{version.error()};
  if (*version > kSchemaVersion) return Err{newer(*version)};
  if (*version == kSchemaVersion) return {};

  if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = migrate(connection, *version, node);
  if (done) done = connection.execute("COMMIT");
  // A failed COMMIT leaves nothing that a second start would not find and finish.
  if (!done) sqlite3_exec(connection.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

StoreResult<void> check_schema(Connection& connection) {
  auto version = schema_version(connection);
  if (!version) return Err{version.error()};
  if (*version > kSchemaVersion) return Err{newer(*version)};
  if (*version < kSchemaVersion) {
    return Err{refused("the store's schema is version " + std::to_string(*version) +
                       "; open it for writing once to bring it to version " +
                       std::to_string(kSchemaVersion))};
  }
  return {};
}

}  // namespace pim::store::sqlite
