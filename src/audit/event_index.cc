#include "audit/event_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "store/digest.h"

namespace pim::audit {
namespace {

using store::StoreResult;
using store::sqlite::Run;

// Keys only, each with the time and the place behind it, so that a search is one walk down a table.
constexpr readmodel::DerivedSchema kSchema{2, R"sql(
CREATE TABLE by_time(key INTEGER, at INTEGER, ref INTEGER, PRIMARY KEY(key, at, ref)) WITHOUT ROWID;
CREATE TABLE by_user(key INTEGER, at INTEGER, ref INTEGER, PRIMARY KEY(key, at, ref)) WITHOUT ROWID;
CREATE TABLE by_request(key INTEGER, at INTEGER, ref INTEGER, PRIMARY KEY(key, at, ref))
  WITHOUT ROWID;
CREATE TABLE by_trace(key INTEGER, at INTEGER, ref INTEGER, PRIMARY KEY(key, at, ref))
  WITHOUT ROWID;
)sql"};

std::string table_of(IndexedBy by) {
  switch (by) {
    case IndexedBy::time:
      return "by_time";
    case IndexedBy::user:
      return "by_user";
    case IndexedBy::request:
      return "by_request";
    case IndexedBy::trace:
      break;
  }
  return "by_trace";
}

std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

std::int64_t search_key(std::string_view text) {
  const store::Digest digest = store::sha256(text);
  std::int64_t key = 0;
  std::memcpy(&key, digest.bytes.data(), sizeof key);
  return key;
}

std::int64_t search_key(const std::uint8_t* bytes, std::size_t size) {
  return search_key(std::string_view(reinterpret_cast<const char*>(bytes), size));
}

StoreResult<std::unique_ptr<EventIndex>> EventIndex::open(const std::string& path) {
  auto file = readmodel::DerivedFile::open(path, kSchema);
  if (!file) return Err{std::move(file.error())};
  std::unique_ptr<EventIndex> index(new EventIndex(std::move(*file)));
  for (std::size_t i = 0; i < kIndexes; ++i) {
    auto insert = index->file_.connection().prepare(
        "INSERT OR IGNORE INTO " + table_of(static_cast<IndexedBy>(i)) + " VALUES(?,?,?)");
    if (!insert) return Err{std::move(insert.error())};
    index->insert_[i] = std::move(*insert);
  }
  return index;
}

StoreResult<void> EventIndex::apply(const store::EventRecord& event) {
  const store::Origin& origin = event.origin;
  const EventPlace place{origin.recorded_at.value, event_ref(event.bucket, event.position)};
  const auto add = [&](IndexedBy by, std::int64_t key) {
    batch_[static_cast<std::size_t>(by)].push_back({key, place});
  };
  add(IndexedBy::time, 0);
  add(IndexedBy::user, search_key(origin.user_id));
  add(IndexedBy::request, search_key(origin.request_id));
  add(IndexedBy::trace, search_key(origin.trace_id.data(), origin.trace_id.size()));
  reached_[event.bucket.value] = {event.position, event.hash};
  return {};
}

StoreResult<void> EventIndex::commit() {
  auto result = file_.begin();
  if (result) result = write_batch();
  if (result) result = file_.commit();
  if (!result) (void)file_.rollback();
  for (auto& entries : batch_) entries.clear();
  reached_.clear();
  return result;
}

StoreResult<void> EventIndex::write_batch() {
  for (std::size_t i = 0; i < kIndexes; ++i) {
    std::sort(batch_[i].begin(), batch_[i].end());
    for (const Entry& entry : batch_[i]) {
      Run run(insert_[i]);
      run.integer(bits(entry.key)).integer(bits(entry.place.at)).integer(entry.place.ref);
      if (auto done = file_.finish(run, "indexing an event"); !done) return done;
    }
  }
  for (const auto& [bucket, checkpoint] : reached_) {
    if (auto saved = file_.save_checkpoint(BucketId{bucket}, checkpoint); !saved) return saved;
  }
  return {};
}

StoreResult<std::unique_ptr<EventIndexReader>> EventIndexReader::open(const std::string& path) {
  auto connection = readmodel::open_derived_reader(path);
  if (!connection) return Err{std::move(connection.error())};
  return std::unique_ptr<EventIndexReader>(new EventIndexReader(std::move(*connection)));
}

StoreResult<void> EventIndexReader::scan(IndexedBy by, std::int64_t key, EventPlace before,
                                         std::int64_t from,
                                         const std::function<bool(EventPlace)>& visit) {
  auto statement = connection_.prepare(
      "SELECT at, ref FROM " + table_of(by) +
      " WHERE key=? AND at >= ? AND (at, ref) < (?, ?) ORDER BY at DESC, ref DESC");
  if (!statement) return Err{std::move(statement.error())};
  Run run(*statement);
  run.integer(bits(key)).integer(bits(from)).integer(bits(before.at)).integer(before.ref);
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    EventPlace place;
    place.at = static_cast<std::int64_t>(run.next_integer());
    place.ref = run.next_integer();
    if (!visit(place)) return {};
  }
  if (rc != SQLITE_DONE) return Err{connection_.error("searching the audit index")};
  return {};
}

}  // namespace pim::audit
