// The read side: projections of the event history in a file of their own, and the queries on them.
//
//   EventStore commits -> Projector (one thread, one writer) -> rows + checkpoint in one
//   transaction
//   -> Queries (any number of readers; a read never waits on a writer)
//
// Everything here can be dropped and rebuilt from the store alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"
#include "domain/text.h"
#include "routing/bucket.h"
#include "routing/position.h"
#include "store/event_store.h"
#include "telemetry/histogram.h"
#include "telemetry/tracer.h"

namespace pim::readmodel {

enum class QueryErrorKind {
  not_found,      // absent, or of a tenant that the caller does not carry: alike
  bad_cursor,     // not a cursor of this query
  timeout,        // the projection did not reach the wanted position in time
  position_lost,  // lost with an earlier epoch (restore), or never given out
  unavailable,    // the read model cannot be read now
};
struct QueryError {
  QueryErrorKind kind;
  std::string message;
};
template <class T>
using QueryResult = Result<T, QueryError>;

// What every query carries.
struct ReadContext {
  std::vector<TenantId> tenants;
  std::optional<PositionToken> min_position;  // wait until the projection has it
  std::chrono::steady_clock::time_point deadline;
};

struct PageRequest {
  std::string cursor;       // empty: the first page
  std::uint32_t limit = 0;  // 1 to 200; 0: the query's default
};

// `items` is a JSON array; `next_cursor` is empty on the last page.
struct Page {
  std::string items;
  std::string next_cursor;
  std::uint32_t rows = 0;
};

// The patient with a page of encounters (newest admission first), as one JSON object:
// {"patient":{...,"age_band":...},"encounters":[...]}.
struct Chart {
  std::string patient;  // JSON of PatientFacts
  Page encounters;      // JSON of Encounter, each
  TenantId tenant;
  Version version = 0;     // of the stream: the ETag
  PositionToken position;  // where this patient's bucket stood
};

struct Document {
  std::string json;
  TenantId tenant;
  Version version = 0;
};

// A query over shards is not one cut: it says how far each shard's projection was.
struct ShardPosition {
  ShardId shard;
  std::uint64_t events_applied = 0;  // sum over the shard's buckets
  std::uint64_t events_committed = 0;
};
struct SpanningPage {
  Page page;
  std::vector<ShardPosition> positions;
};

// Thread-safe: each call takes a reader from a pool.
class Queries {
 public:
  virtual ~Queries() = default;
  virtual QueryResult<Chart> chart(PatientId patient, const PageRequest& page,
                                   const ReadContext& context) = 0;
  virtual QueryResult<Document> encounter(PatientId patient, EncounterId encounter,
                                          const ReadContext& context) = 0;
  // The patient's events, oldest first, from the store itself: id, type, version, data, who, when.
  virtual QueryResult<Page> timeline(PatientId patient, const PageRequest& page,
                                     const ReadContext& context) = 0;
  // Each bill with its encounter's id in front: {"encounter_id":...,"bill_id":...}. Void ones too.
  virtual QueryResult<Page> bills(PatientId patient, const PageRequest& page,
                                  const ReadContext& context) = 0;
  virtual QueryResult<Document> provider(ProviderId provider, const ReadContext& context) = 0;
  virtual QueryResult<Document> facility(FacilityId facility, const ReadContext& context) = 0;
  // Encounters whose provider it is now, newest admission first. In this and the two lists below
  // each encounter has its patient's id in front: {"patient_id":...,"encounter_id":...}.
  virtual QueryResult<SpanningPage> encounters_by_provider(ProviderId provider,
                                                           const PageRequest& page,
                                                           const ReadContext& context) = 0;
  // Open encounters at a facility.
  virtual QueryResult<SpanningPage> census(FacilityId facility, const PageRequest& page,
                                           const ReadContext& context) = 0;
  // Encounters admitted on a UTC day (`YYYY-MM-DD`; anything else is not_found), tenant by tenant.
  virtual QueryResult<SpanningPage> encounters_by_day(const std::string& day,
                                                      const PageRequest& page,
                                                      const ReadContext& context) = 0;
  // How often each live code occurs in the caller's tenants, most frequent first. `system`:
  // ICD-10-CM, PCS, HCPCS, RXNORM. Items: {"system":...,"code":...,"count":...}.
  virtual QueryResult<SpanningPage> code_frequency(const std::string& system,
                                                   const PageRequest& page,
                                                   const ReadContext& context) = 0;
};

// How a projection keeps up, for /metrics: from memory alone.
struct Lag {
  std::uint64_t events_behind = 0;   // known to be committed, and not yet projected
  std::chrono::milliseconds age{0};  // how long the oldest of them has waited
};
struct ProjectionStats {
  Lag lag;
  std::uint64_t events = 0;  // projected since the start
  std::uint64_t stuck_buckets = 0;
  telemetry::Histogram::Snapshot commits;
};

struct RebuildReport {
  std::uint64_t events = 0;
  std::uint64_t rows_compared = 0;
  std::vector<std::string> differences;  // empty: rebuilt and live agree row by row
  bool switched = false;
};

struct ReadModelOptions {
  std::string directory;  // holds readmodel.db
  std::uint32_t shards = 4;
  std::uint32_t readers = 4;
  telemetry::Tracer* tracer = nullptr;  // outlives it; null: no spans
};

class ReadModel {
 public:
  // Starts the projector. `store` outlives it. Registers no listener itself: wire
  // EventStore::on_commit to announce().
  static QueryResult<std::unique_ptr<ReadModel>> open(store::EventStore& store,
                                                      const ReadModelOptions& options);
  virtual ~ReadModel() = default;

  virtual void announce(const store::CommittedEvents& events) = 0;  // thread-safe, never blocks
  virtual Queries& queries() = 0;
  virtual ProjectionStats stats() const = 0;  // thread-safe
  // True once every event committed before the call is projected; false at the deadline.
  virtual bool catch_up(std::chrono::steady_clock::time_point deadline) = 0;
  // Builds a second read model beside the live one, compares them row by row at equal checkpoints,
  // and switches (where `apply`).
  virtual QueryResult<RebuildReport> rebuild(bool apply) = 0;
};

}  // namespace pim::readmodel
