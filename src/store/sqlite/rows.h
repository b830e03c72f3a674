// Records to columns and back: one column list and one codec a table, used by every statement.
#pragma once

#include <string_view>

#include "store/record.h"
#include "store/sqlite/connection.h"

namespace pim::store::sqlite {

inline constexpr std::string_view kEventColumns =
    "key, stream, version, id, kind, type, schema_version, data, tenant, user_id, role, "
    "request_id, trace_id, span_id, recorded_at, reason, prev_hash, hash";
void bind_event(Run& run, const EventRecord& event);
EventRecord read_event(Run& run);  // marks the run malformed where a column cannot be

inline constexpr std::string_view kReceiptColumns =
    "request_id, user_id, routing_id, kind, tenant, role, trace_id, span_id, recorded_at, reason, "
    "command, fingerprint, status, problem_type, problem_params, version, first_position, "
    "last_position, epoch";
void bind_receipt(Run& run, const Receipt& receipt);
Receipt read_receipt(Run& run, int first_column = 0);

inline constexpr std::string_view kHeadColumns =
    "bucket, owner, epoch, state, next_position, chain_hash";
BucketHead read_head(Run& run);

inline constexpr std::string_view kSnapshotColumns = "stream, kind, version, tenant, state";
void bind_snapshot(Run& run, const Snapshot& snapshot);
Snapshot read_snapshot(Run& run);

}  // namespace pim::store::sqlite
