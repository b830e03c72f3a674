// The queries, one file a family: queries_patient.cc, queries_timeline.cc, queries_spanning.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "readmodel/cursor.h"
#include "readmodel/follower.h"
#include "readmodel/page.h"
#include "readmodel/read_model.h"
#include "readmodel/read_pool.h"
#include "store/event_store.h"

namespace pim::readmodel {

class QueryEngine final : public Queries {
 public:
  // All outlive it.
  QueryEngine(ReadPool& pool, Follower& follower, store::EventStore& store, std::uint32_t shards)
      : pool_(pool), follower_(follower), store_(store), shards_(shards) {}

  QueryResult<Chart> chart(PatientId patient, const PageRequest& page,
                           const ReadContext& context) override;
  QueryResult<Document> encounter(PatientId patient, EncounterId encounter,
                                  const ReadContext& context) override;
  QueryResult<Page> timeline(PatientId patient, const PageRequest& page,
                             const ReadContext& context) override;
  QueryResult<Page> bills(PatientId patient, const PageRequest& page,
                          const ReadContext& context) override;
  QueryResult<Document> provider(ProviderId provider, const ReadContext& context) override;
  QueryResult<Document> facility(FacilityId facility, const ReadContext& context) override;
  QueryResult<SpanningPage> encounters_by_provider(ProviderId provider, const PageRequest& page,
                                                   const ReadContext& context) override;
  QueryResult<SpanningPage> census(FacilityId facility, const PageRequest& page,
                                   const ReadContext& context) override;
  QueryResult<SpanningPage> encounters_by_day(const std::string& day, const PageRequest& page,
                                              const ReadContext& context) override;
  QueryResult<SpanningPage> code_frequency(const std::string& system, const PageRequest& page,
                                           const ReadContext& context) override;

 private:
  // A row of a patient, provider or facility that the caller may see.
  struct Row {
    std::string json;
    TenantId tenant;
    Version version = 0;
  };
  bool may_exist(const PositionToken& token) const;
  // Waits for the position that the caller asked for, then takes a connection.
  QueryResult<ReadPool::Lease> begin(const ReadContext& context);
  static QueryResult<Row> visible_row(const ReadPool::Lease& lease, store::sqlite::Run& run,
                                      std::string_view what, const ReadContext& context);
  QueryResult<Row> patient_row(const ReadPool::Lease& lease, PatientId patient,
                               const ReadContext& context) const;
  QueryResult<Row> reference_row(const ReadPool::Lease& lease, const Uuid& id, StreamKind kind,
                                 const ReadContext& context) const;
  QueryResult<Document> reference(const Uuid& id, StreamKind kind, const ReadContext& context);
  // What each shard had applied when `lease` began, and what was committed about then.
  QueryResult<std::vector<ShardPosition>> positions(const ReadPool::Lease& lease) const;
  // Both lists of encounters that a provider's or a facility's row stands for.
  QueryResult<SpanningPage> encounters_at(const Uuid& id, StreamKind kind, CursorTag tag,
                                          const PageRequest& page, const ReadContext& context);
  QueryResult<std::vector<store::EventRecord>> read_stream(PatientId patient, Version after,
                                                           std::size_t limit);

  ReadPool& pool_;
  Follower& follower_;
  store::EventStore& store_;
  const std::uint32_t shards_;

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<store::Reader>> readers_;  // of the store, idle
};

// Errors that several families give.
QueryError not_found(std::string_view what);
QueryError bad_cursor();
QueryError unreadable(const ReadPool::Lease& lease, std::string_view doing);

// The place a cursor names; the list's beginning where it is empty; nullopt: not of this list.
std::optional<EncounterPlace> place_of(CursorTag tag, std::string_view subject,
                                       const std::string& cursor);
std::string cursor_at(CursorTag tag, std::string_view subject, const EncounterPlace& place);

}  // namespace pim::readmodel
