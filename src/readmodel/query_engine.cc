#include "readmodel/query_engine.h"

#include <algorithm>
#include <utility>

#include "store/planted.h"

namespace pim::readmodel {

using store::sqlite::Run;

QueryError not_found(std::string_view what) {
  return {QueryErrorKind::not_found, "no such " + std::string(what)};
}

QueryError bad_cursor() { return {QueryErrorKind::bad_cursor, "not a cursor of this query"}; }

QueryError unreadable(const ReadPool::Lease& lease, std::string_view doing) {
  return {QueryErrorKind::unavailable, lease->connection.error(doing).message};
}

std::optional<EncounterPlace> place_of(CursorTag tag, std::string_view subject,
                                       const std::string& cursor) {
  if (cursor.empty()) return EncounterPlace{};
  auto reader = CursorReader::open(tag, subject, cursor);
  if (!reader) return std::nullopt;
  EncounterPlace place;
  place.admitted_at = static_cast<std::int64_t>(reader->number());
  place.encounter = EncounterId{reader->uuid()};
  place.patient = PatientId{reader->uuid()};
  if (!reader->complete()) return std::nullopt;
  return place;
}

std::string cursor_at(CursorTag tag, std::string_view subject, const EncounterPlace& place) {
  return CursorWriter(tag, subject)
      .number(static_cast<std::uint64_t>(place.admitted_at))
      .uuid(place.encounter.value)
      .uuid(place.patient.value)
      .finish();
}

// Waiting for what no commit will bring would only end at the deadline. The heads are read anew
// only where the last known ones do not know the position yet.
bool QueryEngine::may_exist(const PositionToken& token) const {
  for (const auto max_age : {std::chrono::milliseconds{3'600'000}, std::chrono::milliseconds{0}}) {
    const auto committed = follower_.committed(max_age);
    const Epoch epoch = follower_.epoch(token.bucket);
    if (token.epoch < epoch) return true;  // how far that epoch went is asked next
    if (token.epoch == epoch && token.position <= committed[token.bucket.value]) return true;
  }
  return false;
}

QueryResult<ReadPool::Lease> QueryEngine::begin(const ReadContext& context) {
  if (context.min_position && !store::planted(store::Bug::stale_read)) {
    const PositionToken& token = *context.min_position;
    if (!may_exist(token)) {
      return Err{
          QueryError{QueryErrorKind::position_lost, "the store never gave that position out"}};
    }
    if (token.epoch < follower_.epoch(token.bucket)) {
      auto last = follower_.last_position_of(token.bucket, token.epoch);
      if (!last) return Err{QueryError{QueryErrorKind::unavailable, last.error().message}};
      if (last->has_value() && token.position > **last) {
        return Err{QueryError{QueryErrorKind::position_lost,
                              "the position was lost when its bucket was restored"}};
      }
    }
    if (!follower_.wait_for(token.bucket, token.position, context.deadline)) {
      return Err{
          QueryError{QueryErrorKind::timeout, "the projection did not reach the position in time"}};
    }
  }
  return pool_.take(context.deadline);
}

// Another tenant's row and no row at all are the same answer.
QueryResult<QueryEngine::Row> QueryEngine::visible_row(const ReadPool::Lease& lease, Run& run,
                                                       std::string_view what,
                                                       const ReadContext& context) {
  const int rc = run.step();
  if (rc == SQLITE_DONE) return Err{not_found(what)};
  if (rc != SQLITE_ROW) return Err{unreadable(lease, what)};
  Row row;
  row.tenant = TenantId::recorded(run.next_text());
  if (std::find(context.tenants.begin(), context.tenants.end(), row.tenant) ==
      context.tenants.end()) {
    return Err{not_found(what)};
  }
  row.version = run.next_integer();
  row.json = run.next_text();
  return row;
}

QueryResult<QueryEngine::Row> QueryEngine::patient_row(const ReadPool::Lease& lease,
                                                       PatientId patient,
                                                       const ReadContext& context) const {
  Run run(lease->patient);
  run.blob(patient.value.bytes);
  return visible_row(lease, run, "patient", context);
}

QueryResult<QueryEngine::Row> QueryEngine::reference_row(const ReadPool::Lease& lease,
                                                         const Uuid& id, StreamKind kind,
                                                         const ReadContext& context) const {
  Run run(lease->reference);
  run.blob(id.bytes).integer(static_cast<std::uint64_t>(kind));
  return visible_row(lease, run, to_string(kind), context);
}

QueryResult<Document> QueryEngine::reference(const Uuid& id, StreamKind kind,
                                             const ReadContext& context) {
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto row = reference_row(*lease, id, kind, context);
  if (!row) return Err{row.error()};
  return Document{std::move(row->json), std::move(row->tenant), row->version};
}

QueryResult<Document> QueryEngine::provider(ProviderId provider, const ReadContext& context) {
  return reference(provider.value, StreamKind::provider, context);
}

QueryResult<Document> QueryEngine::facility(FacilityId facility, const ReadContext& context) {
  return reference(facility.value, StreamKind::facility, context);
}

}  // namespace pim::readmodel
