#include "store/sqlite/store_check.h"

#include <string>

#include "telemetry/scoped_span.h"

namespace pim::store::sqlite {
namespace {

constexpr std::size_t kPage = 1000;

Err<StoreError> corrupt(std::string message) {
  return Err{StoreError{StoreErrorKind::corrupt, std::move(message)}};
}
Err<StoreError> stopped() {
  return Err{StoreError{StoreErrorKind::unavailable, "the check was stopped"}};
}

int stop_sqlite(void* stop) { return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0; }

StoreResult<void> check_pages(Connection& connection, const std::atomic<bool>& stop) {
  constexpr int kInstructionsBetweenLooks = 10'000;
  sqlite3_progress_handler(connection.raw(), kInstructionsBetweenLooks, stop_sqlite,
                           const_cast<std::atomic<bool>*>(&stop));
  auto check = connection.prepare("PRAGMA integrity_check(1)");
  if (!check) return Err{check.error()};
  Run run(*check);
  const int rc = run.step();
  sqlite3_progress_handler(connection.raw(), 0, nullptr, nullptr);
  if (stop) return stopped();
  if (rc != SQLITE_ROW) return Err{connection.error("checking integrity")};
  const std::string_view verdict = run.next_text();
  if (verdict != "ok") return corrupt("SQLite: " + std::string(verdict));
  return {};
}

StoreResult<void> check_bucket(Queries& queries, const BucketHead& head,
                               const std::atomic<bool>& stop) {
  const std::string where = "bucket " + std::to_string(head.bucket.value) + ", position ";
  std::uint64_t position = 0;
  Digest last;
  while (true) {
    if (stop) return stopped();
    auto page = queries.read_bucket(head.bucket, position, kPage);
    if (!page) return Err{page.error()};
    for (const EventRecord& event : *page) {
      if (event.position != position + 1) {
        return corrupt(where + std::to_string(position + 1) + " is missing");
      }
      if (event.prev_hash != last || event.hash != hash_of(event)) {
        return corrupt(where + std::to_string(event.position) + ": the chain does not hold");
      }
      position = event.position;
      last = event.hash;
    }
    if (page->size() < kPage) break;
  }
  if (head.next_position != position + 1 || head.chain_hash != last) {
    return corrupt(where + std::to_string(position) + ": the head is another one");
  }
  return {};
}

StoreResult<StoreCounts> check_everything(Queries& queries, const std::atomic<bool>& stop) {
  if (auto good = check_pages(queries.connection(), stop); !good) return Err{good.error()};
  auto heads = queries.heads();
  if (!heads) return Err{heads.error()};
  StoreCounts counts;
  for (const BucketHead& head : *heads) {
    if (auto good = check_bucket(queries, head, stop); !good) return Err{good.error()};
    counts.events += head.next_position - 1;
  }
  auto receipts = queries.connection().query_integer("SELECT count(*) FROM receipt");
  if (!receipts) return Err{receipts.error()};
  counts.receipts = static_cast<std::uint64_t>(*receipts);
  return counts;
}

}  // namespace

StoreResult<StoreCounts> check_store(Queries& queries, const std::atomic<bool>& stop) {
  return telemetry::in_span("store check", [&](telemetry::ScopedSpan& span) {
    auto counts = check_everything(queries, stop);
    if (counts) {
      span.set("pim.events", counts->events);
      span.set("pim.receipts", counts->receipts);
    }
    return counts;
  });
}

}  // namespace pim::store::sqlite
