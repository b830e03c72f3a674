// Verify, reconstruct, search and export: everything that can be said from the history alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/journal.h"
#include "domain/ids.h"
#include "domain/state.h"
#include "readmodel/read_model.h"
#include "store/event_store.h"
#include "telemetry/tracer.h"

namespace pim::audit {

// One problem found by verify: where, and what.
struct Finding {
  std::string where;  // "bucket 17 position 42", "journal 000003 record 8"
  std::string what;   // "hash does not match", "position missing" ...
};
struct VerifyReport {
  std::uint64_t buckets = 0;
  std::uint64_t events = 0;
  std::uint64_t receipts = 0;
  std::uint64_t journal_entries = 0;
  std::uint64_t anchors = 0;
  std::vector<Finding> findings;  // empty: intact
  bool intact() const { return findings.empty(); }
};
struct VerifyOptions {
  bool live = false;              // a server is writing: what it adds meanwhile is left out
  std::string journal_directory;  // empty: no journals
  std::string anchor_file;        // empty: no anchors
  std::string anchor_key_file;
  std::function<void(std::uint64_t events_done, std::uint64_t events_total)> progress;
};
// Walks every bucket's chain from its start to its head; also checks positions, versions, receipts
// against events, and user and request id on each event.
store::StoreResult<VerifyReport> verify(store::Reader& store, const VerifyOptions& options);

struct AsOf {
  std::optional<Version> version;
  std::optional<UtcMillis> time;  // events recorded at or before it
};
struct Reconstructed {
  StreamState state;
  Version version = 0;
  TenantId tenant;
  UtcMillis recorded_at;  // of the last event folded
};
// From the events alone: no snapshot, no read model. Version 0: the stream did not exist then.
store::StoreResult<Reconstructed> reconstruct(store::Reader& store, StreamId stream,
                                              const AsOf& as_of);

// All given criteria must match. Newest first.
struct SearchQuery {
  std::vector<TenantId> tenants;  // empty: all (operator tools on the machine itself)
  std::string user_id;
  std::string request_id;
  std::string trace_id;  // 32 hex
  std::optional<PatientId> patient;
  std::optional<UtcMillis> from;  // inclusive
  std::optional<UtcMillis> to;    // exclusive
  std::string cursor;
  std::uint32_t limit = 50;  // 1 to 200
};
// `items`: JSON array of audit records, one form for events and journal entries
// (docs/formats/audit-record.md).
struct SearchPage {
  std::string items;
  std::string next_cursor;
  std::uint32_t rows = 0;
};
struct SearchError {
  enum class Kind { bad_cursor, unavailable } kind;
  std::string message;
};

// The searchable index over events (a projection with a file and a thread of its own) plus the
// journals, scanned within the time bounds.
class AuditIndex {
 public:
  struct Options {
    std::string directory;                // holds audit.db
    std::string journal_directory;        // of all nodes
    telemetry::Tracer* tracer = nullptr;  // outlives it; null: no spans
  };
  static Result<std::unique_ptr<AuditIndex>, SearchError> open(store::EventStore& store,
                                                               const Options& options);
  virtual ~AuditIndex() = default;
  virtual void announce(const store::CommittedEvents& events) = 0;  // thread-safe, never blocks
  virtual Result<SearchPage, SearchError> search(const SearchQuery& query) = 0;
  virtual bool catch_up(std::chrono::steady_clock::time_point deadline) = 0;
  virtual readmodel::ProjectionStats stats() const = 0;  // thread-safe
};

// Every event, receipt and journal entry as JSON Lines, in a stable order; returns the lines
// written.
store::StoreResult<std::uint64_t> export_jsonl(store::Reader& store,
                                               const std::string& journal_directory,
                                               const std::function<void(std::string_view)>& write);

}  // namespace pim::audit
