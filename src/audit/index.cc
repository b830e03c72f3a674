// AuditIndex: events by index, journal entries by scan, merged newest first.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "audit/audit.h"
#include "audit/event_index.h"
#include "audit/journal_search.h"
#include "audit/store_record.h"
#include "readmodel/cursor.h"
#include "readmodel/follower.h"

namespace pim::audit {
namespace {

using readmodel::CursorReader;
using readmodel::CursorTag;
using readmodel::CursorWriter;

constexpr std::uint32_t kMaxLimit = 200;
constexpr std::size_t kStreamPage = 500;

SearchError unavailable(const store::StoreError& error) {
  return {SearchError::Kind::unavailable, error.message};
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// A place in the merged order; at the same time journal entries come first.
struct Place {
  std::int64_t at = std::numeric_limits<std::int64_t>::max();
  std::uint64_t journal = 1;
  std::uint64_t ref = std::numeric_limits<std::uint64_t>::max();
  auto operator<=>(const Place&) const = default;
};

struct Hit {
  Place place;
  std::string record;
};

// The cursor belongs to these criteria: with others it would skip what it has not seen.
std::string subject_of(const SearchQuery& query) {
  std::string subject = query.user_id + '\n' + query.request_id + '\n' + query.trace_id + '\n';
  if (query.patient) subject += query.patient->to_string();
  for (const auto& bound : {query.from, query.to}) {
    subject += '\n' + (bound ? bound->to_string() : std::string());
  }
  return subject;
}

bool matches(const SearchQuery& query, const store::EventRecord& event) {
  const store::Origin& origin = event.origin;
  const bool tenant = query.tenants.empty() || std::find(query.tenants.begin(), query.tenants.end(),
                                                         origin.tenant) != query.tenants.end();
  return tenant && (query.user_id.empty() || origin.user_id == query.user_id) &&
         (query.request_id.empty() || origin.request_id == query.request_id) &&
         (query.trace_id.empty() || hex(origin.trace_id) == query.trace_id) &&
         (!query.patient || event.stream.value == query.patient->value) &&
         (!query.from || origin.recorded_at >= *query.from) &&
         (!query.to || origin.recorded_at < *query.to);
}

// The criterion that narrows most.
std::pair<IndexedBy, std::int64_t> key_of(const SearchQuery& query) {
  if (!query.request_id.empty()) return {IndexedBy::request, search_key(query.request_id)};
  if (!query.trace_id.empty()) {
    std::array<std::uint8_t, 16> bytes{};
    const char* digits = query.trace_id.data();
    for (std::size_t i = 0; i < bytes.size() && 2 * i + 2 <= query.trace_id.size(); ++i) {
      std::from_chars(digits + 2 * i, digits + 2 * i + 2, bytes[i], 16);
    }
    return {IndexedBy::trace, search_key(bytes.data(), bytes.size())};
  }
  if (!query.user_id.empty()) return {IndexedBy::user, search_key(query.user_id)};
  return {IndexedBy::time, 0};
}

class AuditIndexImpl final : public AuditIndex {
 public:
  AuditIndexImpl(std::string journals, std::unique_ptr<store::Reader> store,
                 std::unique_ptr<EventIndexReader> index,
                 std::unique_ptr<readmodel::Follower> follower)
      : journals_(std::move(journals)),
        store_(std::move(store)),
        index_(std::move(index)),
        follower_(std::move(follower)) {}

  void announce(const store::CommittedEvents& events) override { follower_->announce(events); }

  readmodel::ProjectionStats stats() const override { return follower_->stats(); }
  bool catch_up(std::chrono::steady_clock::time_point deadline) override {
    return follower_->catch_up(deadline);
  }

  Result<SearchPage, SearchError> search(const SearchQuery& query) override {
    const std::size_t limit = std::clamp<std::uint32_t>(query.limit, 1, kMaxLimit);
    Place before;
    if (query.to) before = {query.to->value, 0, 0};
    if (!query.cursor.empty()) {
      auto reader = CursorReader::open(CursorTag::audit_search, subject_of(query), query.cursor);
      if (!reader) return Err{bad_cursor()};
      before.at = static_cast<std::int64_t>(reader->number());
      before.journal = reader->number();
      before.ref = reader->number();
      if (!reader->complete()) return Err{bad_cursor()};
    }
    auto hits = search_events(query, before, limit + 1);
    if (!hits) return Err{std::move(hits.error())};
    if (auto added = add_journal_entries(query, before, limit + 1, *hits); !added) {
      return Err{std::move(added.error())};
    }
    std::sort(hits->begin(), hits->end(),
              [](const Hit& a, const Hit& b) { return a.place > b.place; });
    return page_of(query, *hits, limit);
  }

 private:
  static SearchError bad_cursor() {
    return {SearchError::Kind::bad_cursor, "the cursor is not one of this search"};
  }

  Result<std::vector<Hit>, SearchError> search_events(const SearchQuery& query, const Place& before,
                                                      std::size_t limit) {
    const std::lock_guard lock(mutex_);
    // Of the entries at the very time of `before`, only events below its own ref come after it.
    const EventPlace end{before.at, before.journal == 1
                                        ? std::uint64_t{std::numeric_limits<std::int64_t>::max()}
                                        : before.ref};
    const bool narrower = !query.request_id.empty() || !query.trace_id.empty();
    if (query.patient && !narrower) {
      return search_stream(StreamId{query.patient->value}, query, end, limit);
    }
    const auto [by, key] = key_of(query);
    const std::int64_t from = query.from ? query.from->value : 0;
    std::vector<Hit> hits;
    std::optional<SearchError> failure;
    const auto scanned = index_->scan(by, key, end, from, [&](EventPlace place) {
      auto event = store_->read_bucket(bucket_of_ref(place.ref), position_of_ref(place.ref) - 1, 1);
      if (!event) {
        failure = unavailable(event.error());
        return false;
      }
      if (!event->empty() && event->front().position == position_of_ref(place.ref) &&
          matches(query, event->front())) {
        hits.push_back({{place.at, 0, place.ref}, event_record(event->front())});
      }
      return hits.size() < limit;
    });
    if (!scanned) return Err{unavailable(scanned.error())};
    if (failure) return Err{std::move(*failure)};
    return hits;
  }

  // A patient's events lie together in the store. Their times need not ascend with their versions.
  Result<std::vector<Hit>, SearchError> search_stream(StreamId stream, const SearchQuery& query,
                                                      EventPlace end, std::size_t limit) {
    std::vector<Hit> hits;
    Version after = 0;
    for (;;) {
      auto page = store_->read_stream(bucket_of(stream.value), stream, after, kStreamPage);
      if (!page) return Err{unavailable(page.error())};
      for (const store::EventRecord& event : *page) {
        const EventPlace place{event.origin.recorded_at.value,
                               event_ref(event.bucket, event.position)};
        if (place < end && matches(query, event)) {
          hits.push_back({{place.at, 0, place.ref}, event_record(event)});
        }
      }
      const auto newest = std::min(limit, hits.size());
      std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(newest),
                        hits.end(), [](const Hit& a, const Hit& b) { return a.place > b.place; });
      hits.resize(newest);
      if (page->size() < kStreamPage) return hits;
      after = page->back().version;
    }
  }

  Result<void, SearchError> add_journal_entries(const SearchQuery& query, const Place& before,
                                                std::size_t limit, std::vector<Hit>& hits) {
    // An event's place comes after every journal entry of the same time.
    const std::uint64_t ref = before.journal == 1 ? before.ref : 0;
    auto found = search_journals(journals_, query, before.at, ref, limit);
    if (!found) return Err{std::move(found.error())};
    for (JournalHit& each : *found)
      hits.push_back({{each.at, 1, each.ref}, std::move(each.record)});
    return {};
  }

  static SearchPage page_of(const SearchQuery& query, const std::vector<Hit>& hits,
                            std::size_t limit) {
    SearchPage page;
    page.rows = static_cast<std::uint32_t>(std::min(limit, hits.size()));
    page.items = "[";
    for (std::size_t i = 0; i < page.rows; ++i) {
      if (i > 0) page.items += ',';
      page.items += hits[i].record;
    }
    page.items += ']';
    if (hits.size() > limit) {
      const Place& last = hits[limit - 1].place;
      page.next_cursor = CursorWriter(CursorTag::audit_search, subject_of(query))
                             .number(static_cast<std::uint64_t>(last.at))
                             .number(last.journal)
                             .number(last.ref)
                             .finish();
    }
    return page;
  }

  const std::string journals_;
  std::mutex mutex_;  // the two readers below are for one thread at a time
  std::unique_ptr<store::Reader> store_;
  std::unique_ptr<EventIndexReader> index_;
  std::unique_ptr<readmodel::Follower> follower_;
};

}  // namespace

Result<std::unique_ptr<AuditIndex>, SearchError> AuditIndex::open(store::EventStore& store,
                                                                  const Options& options) {
  std::error_code ignored;  // where the directory cannot be made, opening the file says why
  std::filesystem::create_directories(options.directory, ignored);
  const std::string path = options.directory + "/audit.db";
  auto reader = store.open_reader();
  if (!reader) return Err{unavailable(reader.error())};
  auto index = EventIndex::open(path);
  if (!index) return Err{unavailable(index.error())};
  const auto same = readmodel::same_history((*index)->checkpoints(), **reader);
  if (!same) return Err{unavailable(same.error())};
  if (!*same) {
    index->reset();
    readmodel::remove_derived_file(path);
    index = EventIndex::open(path);
    if (!index) return Err{unavailable(index.error())};
  }
  auto search = EventIndexReader::open(path);
  if (!search) return Err{unavailable(search.error())};
  readmodel::FollowerOptions follow;
  follow.name = "audit index";
  follow.tracer = options.tracer;
  // Nobody waits for it as for a chart, and it must not cost as much.
  follow.gather = std::chrono::milliseconds{500};
  follow.batch_time = std::chrono::milliseconds{100};
  follow.niceness = 10;
  auto follower = readmodel::Follower::start(store, std::move(*index), std::move(follow));
  if (!follower) return Err{unavailable(follower.error())};
  return std::unique_ptr<AuditIndex>(std::make_unique<AuditIndexImpl>(
      options.journal_directory, std::move(*reader), std::move(*search), std::move(*follower)));
}

}  // namespace pim::audit
