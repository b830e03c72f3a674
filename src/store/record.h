// The persisted records of every engine: events, command receipts, bucket heads.
// Byte formats and the hashed form: docs/formats/event-store.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/text.h"
#include "routing/bucket.h"
#include "store/digest.h"

namespace pim::store {

// Who did it, why and under which request: on every event and every receipt.
struct Origin {
  TenantId tenant;
  std::string user_id;     // 1 to 64 characters of [A-Za-z0-9._@-]
  std::string role;        // the role that allowed it
  std::string request_id;  // the Idempotency-Key: 1 to 128 visible ASCII characters
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  UtcMillis recorded_at;  // fixed before deciding
  std::string reason;     // empty where none is required
  bool operator==(const Origin&) const = default;
};

// An event as its producer hands it over; the store adds version, position and hashes.
struct NewEvent {
  EventId id;
  std::string type;  // event_type()
  std::uint32_t schema_version = 1;
  std::string data;  // canonical JSON
};

struct EventRecord {
  EventId id;
  StreamId stream;
  StreamKind kind = StreamKind::patient;
  Version version = 0;  // from 1, gap-free in the stream
  BucketId bucket;
  std::uint64_t position = 0;  // from 1, gap-free in the bucket
  std::string type;
  std::uint32_t schema_version = 1;
  std::string data;
  Origin origin;
  Digest prev_hash;
  Digest hash;
  bool operator==(const EventRecord&) const = default;
};

// SHA-256 over prev_hash and every other field but `hash`, in the form docs/formats/event-store.md
// gives.
Digest hash_of(const EventRecord& event);

// The answer to a command, kept so that the same request gets the same answer again.
// Unique by (user_id, request_id, routing_id).
struct Receipt {
  StreamId routing_id;
  StreamKind kind = StreamKind::patient;
  Origin origin;        // user_id and request_id are the key
  std::string command;  // command_name()
  Digest fingerprint;  // of method, path, body and If-Match: the same key with another one is a 422
  std::uint16_t status = 0;    // HTTP status: 2xx accepted; 409 or 412 rejected
  std::string problem_type;    // empty where accepted
  std::string problem_params;  // JSON object of strings; empty where accepted
  Version version = 0;         // of the stream, after an acceptance or at a rejection
  // Positions of the command's events; both 0 where it has none.
  std::uint64_t first_position = 0;
  std::uint64_t last_position = 0;
  Epoch epoch;
  bool operator==(const Receipt&) const = default;
};

enum class BucketState : std::uint8_t { active, sealed, importing, moved, suspect };
std::string_view to_string(BucketState state);

// One row a bucket: who may append, and where its history ends. The truth about ownership.
struct BucketHead {
  BucketId bucket;
  NodeId owner;
  Epoch epoch;
  BucketState state = BucketState::active;
  std::uint64_t next_position = 1;
  Digest chain_hash;  // hash of the last event; zero where there is none
  bool operator==(const BucketHead&) const = default;
};

// A stream's folded state at a version; a cache, rebuildable from the events.
struct Snapshot {
  StreamId stream;
  StreamKind kind = StreamKind::patient;
  Version version = 0;
  TenantId tenant;
  std::string state;  // state_to_json()
};

}  // namespace pim::store
