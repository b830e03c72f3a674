// The schema as version 1 of the program wrote it. Frozen: it stands for files in the field.
#pragma once

namespace pim::store::sqlite {

inline constexpr const char* kSchemaV1 = R"sql(
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bucket_head(
  bucket INTEGER PRIMARY KEY, owner BLOB NOT NULL, epoch INTEGER NOT NULL, state INTEGER NOT NULL,
  next_position INTEGER NOT NULL, chain_hash BLOB NOT NULL) STRICT;
CREATE TABLE event(
  key INTEGER PRIMARY KEY, stream BLOB NOT NULL, version INTEGER NOT NULL, id BLOB NOT NULL,
  kind INTEGER NOT NULL, type TEXT NOT NULL, schema_version INTEGER NOT NULL, data TEXT NOT NULL,
  tenant TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL, request_id TEXT NOT NULL,
  trace_id BLOB NOT NULL, span_id BLOB NOT NULL, recorded_at INTEGER NOT NULL,
  reason TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX event_by_stream ON event(stream, version);
CREATE TABLE receipt(
  seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL, user_id TEXT NOT NULL,
  routing_id BLOB NOT NULL, kind INTEGER NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL,
  trace_id BLOB NOT NULL, span_id BLOB NOT NULL, recorded_at INTEGER NOT NULL,
  reason TEXT NOT NULL, command TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL,
  problem_type TEXT NOT NULL, problem_params TEXT NOT NULL, version INTEGER NOT NULL,
  first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX receipt_by_key ON receipt(request_id, user_id, routing_id);
CREATE TABLE snapshot(
  stream BLOB PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL, tenant TEXT NOT NULL,
  state TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('node', x'0192f0c0000070008000000000000001');
WITH RECURSIVE b(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM b WHERE n < 4095)
  INSERT INTO bucket_head
  SELECT n, x'0192f0c0000070008000000000000001', 1, 0, 1, zeroblob(32) FROM b;
INSERT INTO event VALUES (
  (1234 << 44) | 1, x'0192f0c0000070008000000000000003', 1, x'0192f0c0000070008000000000000004', 1,
  'patient-registered', 1, '{"old":1}', 'north-health', 'u.demo', 'registrar', 'r-older',
  zeroblob(16), zeroblob(8), 1700000000000, '', zeroblob(32), zeroblob(32));
INSERT INTO receipt VALUES (
  1, 'r-old', 'u.demo', x'0192f0c0000070008000000000000002', 1, 'north-health', 'clinician',
  zeroblob(16), zeroblob(8), 1700000000000, '', 'open-encounter', zeroblob(32), 409, 'late', '{}',
  0, 0, 0, 1);
PRAGMA application_id = 1346981189;
PRAGMA user_version = 1;
COMMIT;
)sql";

}  // namespace pim::store::sqlite
