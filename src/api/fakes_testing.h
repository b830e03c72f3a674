// Small stand-ins for what is behind the front, with just enough behaviour to tell "own", "another
// tenant's" and "absent" apart.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/journal.h"
#include "readmodel/read_model.h"
#include "spine/spine.h"
#include "store/event_store.h"

namespace pim::api {

// Which streams exist, and whose they are. Thread-safe.
class FakeWorld {
 public:
  void add(const Uuid& stream, const std::string& tenant);
  // True where the stream exists and one of `tenants` holds it.
  bool visible(const Uuid& stream, const std::vector<TenantId>& tenants) const;
  bool exists(const Uuid& stream) const;

 private:
  mutable std::mutex mutex_;
  std::map<Uuid, std::string> tenants_;
};

// Answers at once and on the caller's thread, unless told otherwise.
class FakeSpine final : public spine::Spine {
 public:
  explicit FakeSpine(FakeWorld& world) : world_(world) {}

  void submit(spine::CommandRequest request, spine::Reply reply) override;
  std::optional<spine::Shed> turn_away(StreamId) override {
    return full_.load() ? std::optional(spine::Shed::queue_wait) : std::nullopt;
  }
  void set_full(bool full) { full_.store(full); }
  bool drain(std::chrono::milliseconds) override { return true; }
  bool writable() const override { return writable_.load(); }
  std::vector<spine::ShardStats> shard_stats() const override;
  spine::CommitterStats committer_stats() const override;
  spine::ReferenceStats reference_stats() const override { return {7, 5, 2}; }

  void set_writable(bool writable) { writable_.store(writable); }
  // From now on every command gets `reply`; nullopt: by the world again.
  void answer_with(std::optional<spine::CommandReply> reply);
  // From now on replies wait for release().
  void hold();
  // Waits until `count` commands are held.
  void await_held(std::size_t count);
  // Answers what was held, from a thread of its own.
  void release();
  std::vector<spine::CommandRequest> requests() const;
  void set_recording(bool recording) { recording_.store(recording); }

 private:
  spine::CommandReply decide(const spine::CommandRequest& request);

  FakeWorld& world_;
  std::atomic<bool> full_{false};
  std::atomic<bool> writable_{true};
  std::atomic<bool> recording_{true};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<spine::CommandReply> scripted_;                     // guarded by mutex_
  bool holding_ = false;                                            // guarded by mutex_
  std::vector<std::pair<spine::CommandReply, spine::Reply>> held_;  // guarded by mutex_
  std::vector<spine::CommandRequest> requests_;                     // guarded by mutex_
  std::map<std::pair<std::string, std::string>, spine::CommandReply> receipts_;  // guarded
};

class FakeQueries final : public readmodel::Queries {
 public:
  explicit FakeQueries(FakeWorld& world) : world_(world) {}

  readmodel::QueryResult<readmodel::Chart> chart(PatientId, const readmodel::PageRequest&,
                                                 const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::Document> encounter(PatientId, EncounterId,
                                                        const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::Page> timeline(PatientId, const readmodel::PageRequest&,
                                                   const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::Page> bills(PatientId, const readmodel::PageRequest&,
                                                const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::Document> provider(ProviderId,
                                                       const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::Document> facility(FacilityId,
                                                       const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::SpanningPage> encounters_by_provider(
      ProviderId, const readmodel::PageRequest&, const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::SpanningPage> census(FacilityId, const readmodel::PageRequest&,
                                                         const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::SpanningPage> encounters_by_day(
      const std::string&, const readmodel::PageRequest&, const readmodel::ReadContext&) override;
  readmodel::QueryResult<readmodel::SpanningPage> code_frequency(
      const std::string&, const readmodel::PageRequest&, const readmodel::ReadContext&) override;

  // From now on every query fails so; nullopt: no more.
  void fail_with(std::optional<readmodel::QueryErrorKind> kind);
  readmodel::ReadContext last_context() const;
  readmodel::PageRequest last_page() const;

 private:
  std::optional<readmodel::QueryError> check(const Uuid* stream, const readmodel::PageRequest&,
                                             const readmodel::ReadContext&);
  readmodel::QueryResult<readmodel::Page> page(const Uuid&, const readmodel::PageRequest&,
                                               const readmodel::ReadContext&);
  readmodel::QueryResult<readmodel::SpanningPage> spanning(const Uuid*,
                                                           const readmodel::PageRequest&,
                                                           const readmodel::ReadContext&);

  FakeWorld& world_;
  mutable std::mutex mutex_;
  std::optional<readmodel::QueryErrorKind> failure_;  // guarded by mutex_
  readmodel::ReadContext context_;                    // guarded by mutex_
  readmodel::PageRequest page_;                       // guarded by mutex_
};

class FakeReadModel final : public readmodel::ReadModel {
 public:
  explicit FakeReadModel(FakeWorld& world) : queries_(world) {}
  void announce(const store::CommittedEvents&) override {}
  readmodel::Queries& queries() override { return queries_; }
  FakeQueries& fake_queries() { return queries_; }
  readmodel::ProjectionStats stats() const override {
    return {{3, std::chrono::milliseconds(40)}, 9, 0, {}};
  }
  bool catch_up(std::chrono::steady_clock::time_point) override { return true; }
  readmodel::QueryResult<readmodel::RebuildReport> rebuild(bool apply) override;

 private:
  FakeQueries queries_;
};

class FakeAuditIndex final : public audit::AuditIndex {
 public:
  void announce(const store::CommittedEvents&) override {}
  Result<audit::SearchPage, audit::SearchError> search(const audit::SearchQuery& query) override;
  bool catch_up(std::chrono::steady_clock::time_point) override { return true; }
  readmodel::ProjectionStats stats() const override { return {}; }
  audit::SearchQuery last_query() const;

 private:
  mutable std::mutex mutex_;
  audit::SearchQuery query_;  // guarded by mutex_
};

class FakeJournal final : public audit::Journal {
 public:
  Result<void, audit::JournalError> append(const audit::Entry& entry) override;
  Result<void, audit::JournalError> sync() override { return {}; }
  audit::JournalStats stats() const override {
    const auto entries = all().size();
    return {entries, 100 * entries, std::chrono::milliseconds(20), {}};
  }

  void break_it(bool broken) { broken_.store(broken); }
  std::vector<audit::Entry> all() const;

 private:
  std::atomic<bool> broken_{false};
  mutable std::mutex mutex_;
  std::vector<audit::Entry> entries_;  // guarded by mutex_
};

// Holds the events that it is given, for reconstruction.
class FakeStore final : public store::EventStore {
 public:
  void append(std::vector<store::Append>, store::BatchDone) override;
  void load(BucketId, StreamId, store::LoadDone) override;
  void save_snapshot(store::Snapshot) override {}
  void find_receipt(std::string, std::string, StreamId, store::ReceiptDone) override;
  void recover(store::Done done) override { done({}); }
  store::StoreResult<void> change_head(const store::BucketHead&,
                                       const store::BucketHead&) override {
    return {};
  }
  store::StoreResult<std::unique_ptr<store::Reader>> open_reader() override;
  void on_commit(store::CommitListener) override {}
  NodeId node() const override { return {}; }
  void backup(const std::string& target, store::Done done) override;

  std::vector<store::EventRecord> events;  // set before the server starts
};

}  // namespace pim::api
