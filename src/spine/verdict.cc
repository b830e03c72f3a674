#include "spine/verdict.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/json.h"
#include "routing/bucket.h"
#include "spine/answers.h"
#include "store/planted.h"

namespace pim::spine {
namespace {

bool covers(const CommandRequest& request, const TenantId& tenant) {
  return std::ranges::find(request.tenants, tenant) != request.tenants.end();
}

Verdict turned_down(Outcome outcome, std::uint16_t status, Rejection why) {
  return {outcome, status, {}, std::move(why)};
}

}  // namespace

const TenantId& acting_tenant(const CommandRequest& request, const FoldedStream& stream) {
  return creates_stream(request.command) ? request.origin.tenant : stream.tenant;
}

Verdict judge(const CommandRequest& request, const FoldedStream& stream,
              const References& references) {
  const bool create = creates_stream(request.command);
  const bool exists = stream.version > 0 && stream.kind == stream_kind_of(request.command);
  if (!(create || exists) || !covers(request, acting_tenant(request, stream))) {
    return turned_down(Outcome::not_found, 404, absent_stream(request.command));
  }
  // A create has no version to insist on, and must not tell how far another tenant's stream is.
  if (!create && request.if_match && *request.if_match != stream.version &&
      !store::planted(store::Bug::ignore_if_match)) {
    return turned_down(Outcome::stale, 412, stale_version(*request.if_match, stream.version));
  }
  auto decision = decide(stream.state, references, request.command);
  if (decision.ok()) {
    return {Outcome::accepted, accepted_status(request.command), std::move(decision.value()), {}};
  }
  if (is_not_found(decision.error())) {
    return turned_down(Outcome::not_found, 404, std::move(decision.error()));
  }
  return turned_down(Outcome::rejected, 409, std::move(decision.error()));
}

store::Append append_of(const CommandRequest& request, const FoldedStream& stream,
                        const Verdict& verdict, const Ownership& ownership,
                        std::mt19937_64& event_ids) {
  store::Append append;
  append.bucket = bucket_of(request.stream.value);
  append.owner = ownership.node;
  append.epoch = ownership.epochs[append.bucket.value];
  append.stream = request.stream;
  append.kind = stream_kind_of(request.command);
  append.expected_version = stream.version;

  store::Receipt& receipt = append.receipt;
  receipt.routing_id = request.stream;
  receipt.kind = append.kind;
  receipt.origin = request.origin;
  receipt.origin.tenant = acting_tenant(request, stream);
  receipt.command = command_name(request.command);
  receipt.fingerprint = request.fingerprint;
  receipt.status = verdict.status;
  if (verdict.outcome != Outcome::accepted) {
    receipt.problem_type = verdict.rejection.type;
    receipt.problem_params = params_to_json(verdict.rejection.params);
  }

  append.events.reserve(verdict.events.size());
  for (const Event& event : verdict.events) {
    const std::uint64_t random_hi = event_ids();
    append.events.push_back(
        {EventId{uuid_v7(request.origin.recorded_at.value, random_hi, event_ids())},
         std::string(event_type(event)), kEventSchemaVersion, event_to_json(event)});
    if (store::planted(store::Bug::double_apply, 10)) append.events.push_back(append.events.back());
  }
  return append;
}

void apply(const CommandRequest& request, const Verdict& verdict, FoldedStream& stream) {
  if (verdict.events.empty()) return;
  stream.tenant = acting_tenant(request, stream);
  stream.kind = stream_kind_of(request.command);
  for (const Event& event : verdict.events) evolve(stream.state, event);
  stream.version += verdict.events.size();
}

}  // namespace pim::spine
