#include "api/audit_trail.h"

#include "api/idempotency.h"
#include "routing/bucket.h"
#include "telemetry/log.h"

namespace pim::api {

bool AuditTrail::record(const Call& call, const Fact& fact) {
  return record(call, call.route->operation, fact);
}

bool AuditTrail::record(const Call& call, std::string_view operation, const Fact& fact) {
  audit::Entry entry;
  entry.kind = fact.kind;
  entry.at = call.now;
  entry.user_id = call.caller->user;
  entry.role = to_string(call.caller->role);
  entry.tenant = fact.tenant.empty() ? call.caller->tenants.front().text() : fact.tenant;
  entry.request_id = call.request_id;
  entry.trace_id = call.trace.trace_id;
  entry.span_id = call.trace.span_id;
  entry.patient = call.patient();
  entry.operation = operation;
  entry.status = fact.status;
  entry.rule = fact.rule;
  const auto purpose = call.headers[KnownHeader::pim_purpose];
  // a denial comes before the headers are checked
  if (info_of(Param::pim_purpose).valid(purpose)) entry.purpose = purpose;
  if (entry.patient) {
    const BucketId bucket = bucket_of(entry.patient->value);
    entry.bucket = bucket.value;
    entry.shard = default_shard(bucket, shards_).value;
  }
  entry.rows = fact.rows;
  const auto elapsed = std::chrono::steady_clock::now() - call.started;
  entry.latency_us = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
  entry.fingerprint = query_fingerprint(call.request().method, call.request().target);
  const auto appended = journal_.append(entry);
  if (appended) return true;
  metrics_.journal_failed();
  telemetry::log(telemetry::Level::error, "the audit journal refused an entry",
                 {{"operation", std::string(operation)}, {"reason", appended.error().message}},
                 &call.trace);
  return false;
}

}  // namespace pim::api
