#include "store/sqlite/append_transaction.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "store/append_rules.h"
#include "store/planted.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"

namespace pim::store::sqlite {
namespace {

using Kind = AppendResult::Kind;

std::string placeholders(int count) {
  std::string list = "?";
  for (int i = 1; i < count; ++i) list += ", ?";
  return list;
}

bool done(const Statement& statement) { return Run(statement).step() == SQLITE_DONE; }

}  // namespace

StoreResult<AppendTransaction> AppendTransaction::prepare(Connection& connection) {
  AppendTransaction transaction(connection);
  if (auto prepared = transaction.prepare_statements(); !prepared) return Err{prepared.error()};
  return transaction;
}

StoreResult<void> AppendTransaction::prepare_statements() {
  const std::string receipts(kReceiptColumns);
  const std::string snapshots(kSnapshotColumns);
  const std::string on_taken = planted(Bug::lost_dedupe) ? "REPLACE" : "IGNORE";
  const std::string fence =
      planted(Bug::ignore_fence) ? "" : " AND owner = ?4 AND epoch = ?5 AND state = 0";
  const std::pair<Statement*, std::string> wanted[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"},
      {&select_head_, "SELECT " + std::string(kHeadColumns) + " FROM bucket_head WHERE bucket = ?"},
      {&select_version_, "SELECT max(version) FROM event WHERE stream = ?"},
      {&select_receipt_, "SELECT " + receipts +
                             " FROM receipt WHERE request_id = ? AND user_id = ? "
                             "AND routing_id = ?"},
      {&insert_receipt_, "INSERT OR " + on_taken + " INTO receipt(" + receipts + ") VALUES (" +
                             placeholders(19) + ")"},
      {&insert_event_,
       "INSERT INTO event(" + std::string(kEventColumns) + ") VALUES (" + placeholders(18) + ")"},
      {&update_head_,
       "UPDATE bucket_head SET next_position = ?1, chain_hash = ?2 WHERE bucket = ?3" + fence +
           " AND next_position = ?6"},
      {&upsert_snapshot_,
       "INSERT INTO snapshot(" + snapshots +
           ") VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(stream) DO UPDATE SET kind = ?2, version = "
           "?3, tenant = ?4, state = ?5 WHERE version < ?3"},
  };
  for (const auto& [statement, sql] : wanted) {
    auto prepared = connection_->prepare(sql);
    if (!prepared) return Err{prepared.error()};
    *statement = std::move(*prepared);
  }
  return {};
}

AppendTransaction::Outcome AppendTransaction::run(std::vector<Append>& batch,
                                                  std::span<const Snapshot> snapshots) {
  heads_.clear();
  versions_.clear();
  events_.clear();
  if (!done(begin_)) return {Err{connection_->error("beginning a batch")}, {}, true};

  auto results = write(batch);
  if (!results) return abandon(std::move(results.error()));
  if (auto written = write_heads(); !written) return abandon(std::move(written.error()));
  if (auto written = write_snapshots(snapshots); !written) {
    return abandon(std::move(written.error()));
  }
  if (planted(Bug::slow_commit)) std::this_thread::sleep_for(std::chrono::milliseconds(333));
  if (!done(commit_)) {
    StoreError error = connection_->error("committing a batch");
    const bool busy = (sqlite3_errcode(connection_->raw()) & 0xFF) == SQLITE_BUSY;
    if (busy) return abandon(std::move(error));
    // The commit record may or may not be complete, and may or may not reach the disk.
    done(rollback_);
    error.kind = StoreErrorKind::unknown;
    return {Err{std::move(error)}, {}, false};
  }
  return {std::move(results), std::exchange(events_, {}), true};
}

// Before COMMIT nothing counts, unless a sync failed on the way: then what earlier batches wrote is
// no longer known to be on disk.
AppendTransaction::Outcome AppendTransaction::abandon(StoreError error) {
  const bool sync_failed = is_failed_sync(sqlite3_extended_errcode(connection_->raw()));
  done(rollback_);
  const bool clean = sqlite3_get_autocommit(connection_->raw()) != 0;
  if (sync_failed || !clean) {
    error.kind = StoreErrorKind::unknown;
    return {Err{std::move(error)}, {}, false};
  }
  return {Err{std::move(error)}, {}, true};
}

StoreResult<std::vector<AppendResult>> AppendTransaction::write(std::vector<Append>& batch) {
  std::vector<AppendResult> results;
  results.reserve(batch.size());
  for (Append& append : batch) {
    auto one = write_one(append);
    if (!one) return Err{std::move(one.error())};
    results.push_back(std::move(*one));
  }
  return results;
}

StoreResult<AppendResult> AppendTransaction::write_one(Append& append) {
  auto found_head = head_of(append.bucket);
  if (!found_head) return Err{std::move(found_head.error())};
  Head& head = **found_head;
  if (!owns(head.current, append)) return AppendResult{Kind::fenced, {}};

  auto found_version = version_of(append.stream);
  if (!found_version) return Err{std::move(found_version.error())};
  Version& version = **found_version;
  if (version != append.expected_version) {
    // A retry was often decided on another version than the first attempt: its receipt goes first.
    auto earlier = earlier_receipt(append);
    if (!earlier) return Err{std::move(earlier.error())};
    if (earlier->empty()) return AppendResult{Kind::conflict, {}};
    return AppendResult{Kind::duplicate, std::move(earlier->front())};
  }

  const std::size_t events = append.events.size();
  const std::uint64_t first = head.current.next_position;
  // The receipt goes in before the events: where its key is taken there is nothing to undo.
  // complete_receipt() moves the origin that make_record() needs.
  Digest chain = head.current.chain_hash;
  for (std::size_t i = 0; i < events; ++i) {
    events_.push_back(make_record(append, i, first + i, chain));
    chain = events_.back().hash;
  }
  Receipt receipt = complete_receipt(append, first);
  auto inserted = insert_receipt(receipt);
  if (!inserted) return Err{std::move(inserted.error())};
  if (!*inserted) {
    events_.resize(events_.size() - events);
    append.receipt = std::move(receipt);
    auto earlier = earlier_receipt(append);
    if (!earlier) return Err{std::move(earlier.error())};
    if (earlier->empty()) return AppendResult{Kind::conflict, {}};
    return AppendResult{Kind::duplicate, std::move(earlier->front())};
  }
  for (std::size_t i = events_.size() - events; i < events_.size(); ++i) {
    if (auto stored = insert_event(events_[i]); !stored) return Err{std::move(stored.error())};
  }
  head.current.next_position += events;
  head.current.chain_hash = chain;
  version += events;
  return AppendResult{Kind::committed, std::move(receipt)};
}

StoreResult<AppendTransaction::Head*> AppendTransaction::head_of(BucketId bucket) {
  const auto known = heads_.find(bucket.value);
  if (known != heads_.end()) return &known->second;
  Run run(select_head_);
  const int rc = run.integer(bucket.value).step();
  if (rc == SQLITE_DONE) {
    return Err{StoreError{StoreErrorKind::corrupt,
                          "bucket " + std::to_string(bucket.value) + " has no head row"}};
  }
  if (rc != SQLITE_ROW) return Err{connection_->error("reading a head")};
  const BucketHead head = read_head(run);
  if (run.malformed()) {
    return Err{StoreError{StoreErrorKind::corrupt,
                          "bucket " + std::to_string(bucket.value) + " has a malformed head row"}};
  }
  return &heads_.emplace(bucket.value, Head{head, head}).first->second;
}

StoreResult<Version*> AppendTransaction::version_of(StreamId stream) {
  const auto known = versions_.find(stream);
  if (known != versions_.end()) return &known->second;
  Run run(select_version_);
  if (run.blob(stream.value.bytes).step() != SQLITE_ROW) {
    return Err{connection_->error("reading a stream's version")};
  }
  return &versions_.emplace(stream, run.next_integer()).first->second;  // NULL reads as 0
}

StoreResult<std::vector<Receipt>> AppendTransaction::earlier_receipt(const Append& append) {
  std::vector<Receipt> found;
  if (planted(Bug::lost_dedupe)) return found;
  Run run(select_receipt_);
  const int rc = run.text(append.receipt.origin.request_id)
                     .text(append.receipt.origin.user_id)
                     .blob(append.stream.value.bytes)
                     .step();
  if (rc == SQLITE_DONE) return found;
  if (rc != SQLITE_ROW) return Err{connection_->error("finding a receipt")};
  found.push_back(read_receipt(run));
  if (run.malformed()) {
    return Err{StoreError{StoreErrorKind::corrupt, "a receipt's row is malformed"}};
  }
  return found;
}

StoreResult<void> AppendTransaction::insert_event(const EventRecord& event) {
  if (planted(Bug::skip_event, 10)) return {};
  Run run(insert_event_);
  bind_event(run, event);
  if (run.step() != SQLITE_DONE) return Err{connection_->error("writing an event")};
  return {};
}

StoreResult<bool> AppendTransaction::insert_receipt(const Receipt& receipt) {
  if (planted(Bug::lost_receipt, 10)) return true;
  Run run(insert_receipt_);
  bind_receipt(run, receipt);
  if (run.step() != SQLITE_DONE) return Err{connection_->error("writing a receipt")};
  return sqlite3_changes(connection_->raw()) == 1;
}

StoreResult<void> AppendTransaction::write_heads() {
  std::vector<BucketId> changed;  // in ascending order, as every engine locks them
  for (const auto& [bucket, head] : heads_) {
    if (head.current.next_position != head.stored.next_position)
      changed.push_back(BucketId{bucket});
  }
  std::sort(changed.begin(), changed.end());
  for (const BucketId bucket : changed) {
    const Head& head = heads_.at(bucket.value);
    Run run(update_head_);
    run.integer(head.current.next_position)
        .blob(head.current.chain_hash.bytes)
        .integer(bucket.value)
        .blob(head.stored.owner.value.bytes)
        .integer(head.stored.epoch.value)
        .integer(head.stored.next_position);
    if (run.step() != SQLITE_DONE) return Err{connection_->error("moving a head")};
    if (sqlite3_changes(connection_->raw()) != 1) {
      return Err{StoreError{StoreErrorKind::corrupt,
                            "the head of bucket " + std::to_string(bucket.value) +
                                " changed under the write lock: a second writer?"}};
    }
  }
  return {};
}

StoreResult<void> AppendTransaction::write_snapshots(std::span<const Snapshot> snapshots) {
  for (const Snapshot& snapshot : snapshots) {
    auto version = version_of(snapshot.stream);
    if (!version) return Err{std::move(version.error())};
    // Folded from a batch that was lost: it must not survive.
    if (snapshot.version > **version) continue;
    Run run(upsert_snapshot_);
    bind_snapshot(run, snapshot);
    if (run.step() != SQLITE_DONE) return Err{connection_->error("writing a snapshot")};
  }
  return {};
}

}  // namespace pim::store::sqlite
