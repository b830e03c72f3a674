#include "store/sqlite/rows.h"

#include <utility>

#include "store/sqlite/schema.h"

namespace pim::store::sqlite {
namespace {

StreamKind read_kind(Run& run) {
  const std::uint64_t kind = run.next_integer();
  if (kind < 1 || kind > 3) run.mark_malformed();
  return static_cast<StreamKind>(kind);
}

TenantId read_tenant(Run& run) {
  auto tenant = TenantId::parse(run.next_text());
  if (!tenant) {
    run.mark_malformed();
    return {};
  }
  return std::move(*tenant);
}

UtcMillis read_time(Run& run) { return UtcMillis{static_cast<std::int64_t>(run.next_integer())}; }

}  // namespace

void bind_event(Run& run, const EventRecord& event) {
  const Origin& origin = event.origin;
  run.integer(event_key(event.bucket, event.position))
      .blob(event.stream.value.bytes)
      .integer(event.version)
      .blob(event.id.value.bytes)
      .integer(static_cast<std::uint64_t>(event.kind))
      .text(event.type)
      .integer(event.schema_version)
      .text(event.data)
      .text(origin.tenant.text())
      .text(origin.user_id)
      .text(origin.role)
      .text(origin.request_id)
      .blob(origin.trace_id)
      .blob(origin.span_id)
      .integer(static_cast<std::uint64_t>(origin.recorded_at.value))
      .text(origin.reason)
      .blob(event.prev_hash.bytes)
      .blob(event.hash.bytes);
}

EventRecord read_event(Run& run) {
  run.rewind();
  EventRecord event;
  const std::uint64_t key = run.next_integer();
  event.bucket = bucket_of_key(key);
  event.position = position_of_key(key);
  run.next_blob(event.stream.value.bytes);
  event.version = run.next_integer();
  run.next_blob(event.id.value.bytes);
  event.kind = read_kind(run);
  event.type = run.next_text();
  event.schema_version = static_cast<std::uint32_t>(run.next_integer());
  event.data = run.next_text();
  event.origin.tenant = read_tenant(run);
  event.origin.user_id = run.next_text();
  event.origin.role = run.next_text();
  event.origin.request_id = run.next_text();
  run.next_blob(event.origin.trace_id);
  run.next_blob(event.origin.span_id);
  event.origin.recorded_at = read_time(run);
  event.origin.reason = run.next_text();
  run.next_blob(event.prev_hash.bytes);
  run.next_blob(event.hash.bytes);
  return event;
}

void bind_receipt(Run& run, const Receipt& receipt) {
  const Origin& origin = receipt.origin;
  run.text(origin.request_id)
      .text(origin.user_id)
      .blob(receipt.routing_id.value.bytes)
      .integer(static_cast<std::uint64_t>(receipt.kind))
      .text(origin.tenant.text())
      .text(origin.role)
      .blob(origin.trace_id)
      .blob(origin.span_id)
      .integer(static_cast<std::uint64_t>(origin.recorded_at.value))
      .text(origin.reason)
      .text(receipt.command)
      .blob(receipt.fingerprint.bytes)
      .integer(receipt.status)
      .text(receipt.problem_type)
      .text(receipt.problem_params)
      .integer(receipt.version)
      .integer(receipt.first_position)
      .integer(receipt.last_position)
      .integer(receipt.epoch.value);
}

Receipt read_receipt(Run& run, int first_column) {
  run.rewind(first_column);
  Receipt receipt;
  receipt.origin.request_id = run.next_text();
  receipt.origin.user_id = run.next_text();
  run.next_blob(receipt.routing_id.value.bytes);
  receipt.kind = read_kind(run);
  receipt.origin.tenant = read_tenant(run);
  receipt.origin.role = run.next_text();
  run.next_blob(receipt.origin.trace_id);
  run.next_blob(receipt.origin.span_id);
  receipt.origin.recorded_at = read_time(run);
  receipt.origin.reason = run.next_text();
  receipt.command = run.next_text();
  run.next_blob(receipt.fingerprint.bytes);
  receipt.status = static_cast<std::uint16_t>(run.next_integer());
  receipt.problem_type = run.next_text();
  receipt.problem_params = run.next_text();
  receipt.version = run.next_integer();
  receipt.first_position = run.next_integer();
  receipt.last_position = run.next_integer();
  receipt.epoch = Epoch{run.next_integer()};
  return receipt;
}

BucketHead read_head(Run& run) {
  run.rewind();
  BucketHead head;
  const std::uint64_t bucket = run.next_integer();
  run.next_blob(head.owner.value.bytes);
  head.epoch = Epoch{run.next_integer()};
  const std::uint64_t state = run.next_integer();
  head.next_position = run.next_integer();
  run.next_blob(head.chain_hash.bytes);
  const bool possible = bucket < kBuckets && head.next_position > 0 &&
                        state <= static_cast<std::uint64_t>(BucketState::suspect);
  if (!possible) run.mark_malformed();
  head.bucket = BucketId{static_cast<std::uint16_t>(bucket)};
  head.state = static_cast<BucketState>(state);
  return head;
}

void bind_snapshot(Run& run, const Snapshot& snapshot) {
  run.blob(snapshot.stream.value.bytes)
      .integer(static_cast<std::uint64_t>(snapshot.kind))
      .integer(snapshot.version)
      .text(snapshot.tenant.text())
      .text(snapshot.state);
}

Snapshot read_snapshot(Run& run) {
  run.rewind();
  Snapshot snapshot;
  run.next_blob(snapshot.stream.value.bytes);
  snapshot.kind = read_kind(run);
  snapshot.version = run.next_integer();
  snapshot.tenant = read_tenant(run);
  snapshot.state = run.next_text();
  return snapshot;
}

}  // namespace pim::store::sqlite
