#include "audit/event_index.h"

#include <array>
#include <cstring>
#include <utility>

#include "store/digest.h"

namespace pim::audit {
namespace {

using store::StoreResult;
using store::sqlite::Run;

// Keys only, each with the time and the place behind it, so that a search is one walk down an
// index.
constexpr readmodel::DerivedSchema kSchema{1, R"sql(
CREATE TABLE entry(
  ref INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  user INTEGER NOT NULL,
  request INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  stream INTEGER NOT NULL
);
CREATE INDEX entry_by_user ON entry(user, at, ref);
CREATE INDEX entry_by_request ON entry(request, at, ref);
CREATE INDEX entry_by_trace ON entry(trace, at, ref);
CREATE INDEX entry_by_stream ON entry(stream, at, ref);
CREATE INDEX entry_by_time ON entry(at, ref);
)sql"};

std::string_view column(EventIndexReader::By by) {
  switch (by) {
    case EventIndexReader::By::user:
      return "user";
    case EventIndexReader::By::request:
      return "request";
    case EventIndexReader::By::trace:
      return "trace";
    case EventIndexReader::By::stream:
      return "stream";
    case EventIndexReader::By::time:
      break;
  }
  return {};
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
  auto insert = index->file_.connection().prepare(
      "INSERT OR REPLACE INTO entry(ref, at, user, request, trace, stream) VALUES(?,?,?,?,?,?)");
  if (!insert) return Err{std::move(insert.error())};
  index->insert_ = std::move(*insert);
  return index;
}

StoreResult<void> EventIndex::apply(const store::EventRecord& event) {
  if (!open_) {
    if (auto begun = file_.begin(); !begun) return begun;
    open_ = true;
  }
  const store::Origin& origin = event.origin;
  Run run(insert_);
  run.integer(event_ref(event.bucket, event.position))
      .integer(bits(origin.recorded_at.value))
      .integer(bits(search_key(origin.user_id)))
      .integer(bits(search_key(origin.request_id)))
      .integer(bits(search_key(origin.trace_id.data(), origin.trace_id.size())))
      .integer(bits(search_key(event.stream.value.bytes.data(), event.stream.value.bytes.size())));
  if (auto done = file_.finish(run, "indexing an event"); !done) return done;
  reached_[event.bucket.value] = {event.position, event.hash};
  return {};
}

StoreResult<void> EventIndex::commit() {
  if (!open_) return {};
  open_ = false;
  auto result = [&]() -> StoreResult<void> {
    for (const auto& [bucket, checkpoint] : reached_) {
      if (auto saved = file_.save_checkpoint(BucketId{bucket}, checkpoint); !saved) return saved;
    }
    return file_.commit();
  }();
  reached_.clear();
  if (!result) (void)file_.rollback();
  return result;
}

StoreResult<std::unique_ptr<EventIndexReader>> EventIndexReader::open(const std::string& path) {
  auto connection = readmodel::open_derived_reader(path);
  if (!connection) return Err{std::move(connection.error())};
  return std::unique_ptr<EventIndexReader>(new EventIndexReader(std::move(*connection)));
}

StoreResult<void> EventIndexReader::scan(By by, std::int64_t key, EventPlace before,
                                         std::int64_t from,
                                         const std::function<bool(EventPlace)>& visit) {
  std::string sql = "SELECT at, ref FROM entry WHERE ";
  if (by != By::time) {
    sql += column(by);
    sql += "=? AND ";
  }
  sql += "at >= ? AND (at, ref) < (?, ?) ORDER BY at DESC, ref DESC";
  auto statement = connection_.prepare(sql);
  if (!statement) return Err{std::move(statement.error())};
  Run run(*statement);
  if (by != By::time) run.integer(bits(key));
  run.integer(bits(from)).integer(bits(before.at)).integer(before.ref);
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
