// What is asked across patients, and so across shards.
#include <algorithm>
#include <limits>
#include <utility>

#include "domain/json.h"
#include "readmodel/query_engine.h"

namespace pim::readmodel {
namespace {

using store::sqlite::Run;

constexpr std::uint32_t kEncounterRows = 20;
constexpr std::uint32_t kCodeRows = 50;
constexpr std::int64_t kDayMillis = 24LL * 60 * 60 * 1000;
constexpr std::chrono::milliseconds kHeadsAge{250};

// Takes rows of (admitted_at, encounter_id, patient_id, doc) into the page. Returns the result code
// that ended it; SQLITE_ROW: the page ended first. `last` is the last encounter taken.
int take_encounters(Run& run, PageBuilder& builder, EncounterPlace& last) {
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    EncounterPlace place;
    place.admitted_at = static_cast<std::int64_t>(run.next_integer());
    run.next_blob(place.encounter.value.bytes);
    run.next_blob(place.patient.value.bytes);
    if (!builder.add_with_id("patient_id", place.patient.value, run.next_text())) return rc;
    last = place;
  }
  return rc;
}

std::vector<TenantId> sorted_unique(std::vector<TenantId> tenants) {
  std::sort(tenants.begin(), tenants.end());
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  return tenants;
}

}  // namespace

QueryResult<std::vector<ShardPosition>> QueryEngine::positions(const ReadPool::Lease& lease) const {
  std::vector<ShardPosition> shards(shards_);
  for (std::uint32_t i = 0; i < shards_; ++i) {
    shards[i].shard = ShardId{static_cast<std::uint16_t>(i)};
  }
  Run run(lease->checkpoints);
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    const BucketId bucket{static_cast<std::uint16_t>(run.next_integer() % kBuckets)};
    shards[default_shard(bucket, shards_).value].events_applied += run.next_integer();
  }
  if (rc != SQLITE_DONE) return Err{unreadable(lease, "checkpoints")};
  const auto committed = follower_.committed(kHeadsAge);
  for (std::uint32_t i = 0; i < kBuckets; ++i) {
    const BucketId bucket{static_cast<std::uint16_t>(i)};
    shards[default_shard(bucket, shards_).value].events_committed += committed[i];
  }
  for (auto& shard : shards) {
    shard.events_committed = std::max(shard.events_committed, shard.events_applied);
  }
  return shards;
}

QueryResult<SpanningPage> QueryEngine::encounters_by_provider(ProviderId provider,
                                                              const PageRequest& page,
                                                              const ReadContext& context) {
  return encounters_at(provider.value, StreamKind::provider, CursorTag::provider_encounters, page,
                       context);
}

QueryResult<SpanningPage> QueryEngine::census(FacilityId facility, const PageRequest& page,
                                              const ReadContext& context) {
  return encounters_at(facility.value, StreamKind::facility, CursorTag::census, page, context);
}

QueryResult<SpanningPage> QueryEngine::encounters_at(const Uuid& id, StreamKind kind, CursorTag tag,
                                                     const PageRequest& page,
                                                     const ReadContext& context) {
  const std::string subject = id.to_string();
  const auto start = place_of(tag, subject, page.cursor);
  if (!start) return Err{bad_cursor()};
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto row = reference_row(*lease, id, kind, context);
  if (!row) return Err{row.error()};
  auto shards = positions(*lease);
  if (!shards) return Err{shards.error()};

  Run run(kind == StreamKind::provider ? (*lease)->encounters_of_provider : (*lease)->census);
  run.blob(id.bytes)
      .integer(static_cast<std::uint64_t>(start->admitted_at))
      .blob(start->encounter.value.bytes)
      .blob(start->patient.value.bytes)
      .text(row->tenant.text());
  PageBuilder builder(bounds_of(page, kEncounterRows));
  EncounterPlace last = *start;
  const int rc = take_encounters(run, builder, last);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Err{unreadable(*lease, "encounters")};
  std::string next_cursor = rc == SQLITE_ROW ? cursor_at(tag, subject, last) : std::string{};
  return SpanningPage{std::move(builder).finish(std::move(next_cursor)), std::move(*shards)};
}

// Tenant by tenant, in the order of their names; within each the newest admission first.
QueryResult<SpanningPage> QueryEngine::encounters_by_day(const std::string& day,
                                                         const PageRequest& page,
                                                         const ReadContext& context) {
  const auto from = UtcMillis::parse(day + "T00:00:00Z");
  if (!from || day.size() != 10) return Err{not_found("day")};
  const EncounterPlace day_end{from->value + kDayMillis, EncounterId{}, PatientId{}};
  EncounterPlace start = day_end;
  std::string first_tenant;
  if (!page.cursor.empty()) {
    auto reader = CursorReader::open(CursorTag::day_encounters, day, page.cursor);
    if (!reader) return Err{bad_cursor()};
    first_tenant = reader->text();
    start.admitted_at = static_cast<std::int64_t>(reader->number());
    start.encounter = EncounterId{reader->uuid()};
    start.patient = PatientId{reader->uuid()};
    if (!reader->complete()) return Err{bad_cursor()};
  }
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto shards = positions(*lease);
  if (!shards) return Err{shards.error()};

  PageBuilder builder(bounds_of(page, kEncounterRows));
  for (const TenantId& tenant : sorted_unique(context.tenants)) {
    if (tenant.text() < first_tenant) continue;
    const EncounterPlace begin_at = tenant.text() == first_tenant ? start : day_end;
    EncounterPlace last = begin_at;
    Run run((*lease)->encounters_of_day);
    run.text(tenant.text())
        .integer(static_cast<std::uint64_t>(from->value))
        .integer(static_cast<std::uint64_t>(begin_at.admitted_at))
        .blob(begin_at.encounter.value.bytes)
        .blob(begin_at.patient.value.bytes);
    const int rc = take_encounters(run, builder, last);
    if (rc == SQLITE_ROW) {
      std::string next_cursor = CursorWriter(CursorTag::day_encounters, day)
                                    .text(tenant.text())
                                    .number(static_cast<std::uint64_t>(last.admitted_at))
                                    .uuid(last.encounter.value)
                                    .uuid(last.patient.value)
                                    .finish();
      return SpanningPage{std::move(builder).finish(std::move(next_cursor)), std::move(*shards)};
    }
    if (rc != SQLITE_DONE) return Err{unreadable(*lease, "encounters")};
  }
  return SpanningPage{std::move(builder).finish({}), std::move(*shards)};
}

// The number of tenants varies, so the statement does: it is the one that is not kept.
QueryResult<SpanningPage> QueryEngine::code_frequency(const std::string& system,
                                                      const PageRequest& page,
                                                      const ReadContext& context) {
  std::uint64_t count = std::numeric_limits<std::int64_t>::max();
  std::string code;
  if (!page.cursor.empty()) {
    auto reader = CursorReader::open(CursorTag::code_frequency, system, page.cursor);
    if (!reader) return Err{bad_cursor()};
    count = reader->number();
    code = reader->text();
    if (!reader->complete()) return Err{bad_cursor()};
  }
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto shards = positions(*lease);
  if (!shards) return Err{shards.error()};

  const auto tenants = sorted_unique(context.tenants);
  std::string sql = "SELECT code, SUM(count) AS n FROM code_count WHERE system=? AND tenant IN (";
  for (std::size_t i = 0; i < tenants.size(); ++i) sql += i == 0 ? "?" : ",?";
  sql += ") GROUP BY code HAVING n < ? OR (n = ? AND code > ?) ORDER BY n DESC, code";
  auto statement = (*lease)->connection.prepare(sql);
  if (!statement) return Err{unreadable(*lease, "code counts")};

  Run run(*statement);
  run.text(system);
  for (const TenantId& tenant : tenants) run.text(tenant.text());
  run.integer(count).integer(count).text(code);
  PageBuilder builder(bounds_of(page, kCodeRows));
  std::string last_code;
  std::uint64_t last_count = 0;
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    const std::string_view row_code = run.next_text();
    const std::uint64_t row_count = run.next_integer();
    std::string item = "{\"system\":";
    append_json_string(item, system);
    item += ",\"code\":";
    append_json_string(item, row_code);
    item += ",\"count\":" + std::to_string(row_count) + "}";
    if (!builder.add(item)) {
      std::string next_cursor = CursorWriter(CursorTag::code_frequency, system)
                                    .number(last_count)
                                    .text(last_code)
                                    .finish();
      return SpanningPage{std::move(builder).finish(std::move(next_cursor)), std::move(*shards)};
    }
    last_code = row_code;
    last_count = row_count;
  }
  if (rc != SQLITE_DONE) return Err{unreadable(*lease, "code counts")};
  return SpanningPage{std::move(builder).finish({}), std::move(*shards)};
}

}  // namespace pim::readmodel
