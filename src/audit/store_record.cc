#include "audit/store_record.h"

#include "audit/record_json.h"

namespace pim::audit {
namespace {

void write_origin(RecordWriter& writer, const store::Origin& origin) {
  writer.text("request_id", origin.request_id);
  writer.hex("trace_id", origin.trace_id);
  writer.hex("span_id", origin.span_id);
}

void write_stream(RecordWriter& writer, StreamKind kind, const StreamId& stream) {
  if (kind == StreamKind::patient) writer.uuid("patient", stream.value);
  writer.uuid("stream", stream.value);
}

void write_actor(RecordWriter& writer, const store::Origin& origin, std::string_view what) {
  writer.time("at", origin.recorded_at);
  writer.text("who", origin.user_id);
  writer.text("role", origin.role);
  writer.text("tenant", origin.tenant.text());
  writer.text("what", what);
}

}  // namespace

std::string event_record(const store::EventRecord& event) {
  std::string out;
  RecordWriter writer(out);
  writer.text("kind", "event");
  write_actor(writer, event.origin, event.type);
  write_stream(writer, event.kind, event.stream);
  write_origin(writer, event.origin);
  writer.text("outcome", "success");
  writer.text("reason", event.origin.reason);
  writer.uuid("event_id", event.id.value);
  writer.number("version", event.version);
  writer.number("bucket", event.bucket.value);
  writer.number("position", event.position);
  writer.number("schema_version", event.schema_version);
  writer.hex("prev_hash", event.prev_hash.bytes);
  writer.hex("hash", event.hash.bytes);
  writer.close();
  return out;
}

std::string receipt_record(const store::Receipt& receipt) {
  std::string out;
  RecordWriter writer(out);
  writer.text("kind", "receipt");
  write_actor(writer, receipt.origin, receipt.command);
  write_stream(writer, receipt.kind, receipt.routing_id);
  write_origin(writer, receipt.origin);
  writer.text("outcome", outcome_of(receipt.status));
  writer.number("status", receipt.status);
  writer.text("rule", receipt.problem_type);
  writer.number("version", receipt.version);
  writer.number("bucket", bucket_of(receipt.routing_id.value).value);
  writer.number("first_position", receipt.first_position);
  writer.number("last_position", receipt.last_position);
  writer.number("epoch", receipt.epoch.value);
  writer.hex("fingerprint", receipt.fingerprint.bytes);
  writer.close();
  return out;
}

}  // namespace pim::audit
