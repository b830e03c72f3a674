#include "audit/store_record.h"

#include <optional>
#include <variant>

#include "audit/record_json.h"
#include "domain/json.h"

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

template <class Id>
void write_reference(RecordWriter& writer, std::string_view name, const std::optional<Id>& id,
                     std::string_view version_name, std::optional<Version> version) {
  if (!id || !version) return;
  writer.uuid(name, id->value);
  writer.number(version_name, *version);
}

template <class Id>
void write_reference(RecordWriter& writer, std::string_view name, const Id& id,
                     std::string_view version_name, Version version) {
  writer.uuid(name, id.value);
  writer.number(version_name, version);
}

// The provider and facility that the event names as those it was decided on, with their versions.
template <class E>
void write_references(RecordWriter& writer, const E& event) {
  if constexpr (requires { event.provider_version; }) {
    write_reference(writer, "provider", event.provider_id, "provider_version",
                    event.provider_version);
  }
  if constexpr (requires { event.facility_version; }) {
    write_reference(writer, "facility", event.facility_id, "facility_version",
                    event.facility_version);
  }
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
  // An event of the next program version is not known here: it is told without what it refers to.
  if (const auto known = event_from_json(event.type, event.data)) {
    std::visit([&writer](const auto& each) { write_references(writer, each); }, *known);
  }
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
