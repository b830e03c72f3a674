#include "audit/journal_search.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "audit/record_json.h"
#include "audit/segment.h"

namespace pim::audit {
namespace {

constexpr int kSequenceBits = 48;
// An entry's time is its request's beginning, so entries stand in the order of their times only
// about so: a request takes no longer than this, nor do a node's clocks step further back.
constexpr std::int64_t kDisorder = 5LL * 60 * 1000;

using Place = std::pair<std::int64_t, std::uint64_t>;  // at, ref

// The `limit` newest of what it is offered.
class NewestHits {
 public:
  explicit NewestHits(std::size_t limit) : limit_(limit) {}

  void offer(const Place& place, std::string_view line) {
    if (hits_.size() == limit_) {
      if (hits_.begin()->first > place) return;
      hits_.erase(hits_.begin());
    }
    hits_.emplace(place, line);
  }
  bool all_newer_than(std::int64_t at) const {
    return hits_.size() == limit_ && hits_.begin()->first.first > at;
  }
  std::vector<JournalHit> take() && {
    std::vector<JournalHit> newest_first;
    for (auto hit = hits_.rbegin(); hit != hits_.rend(); ++hit) {
      newest_first.push_back({hit->first.first, hit->first.second, std::move(hit->second)});
    }
    return newest_first;
  }

 private:
  const std::size_t limit_;
  std::map<Place, std::string> hits_;
};

// What a matching line must contain, each as the writer writes it.
std::vector<std::string> patterns_of(const SearchQuery& query) {
  std::vector<std::string> patterns;
  if (!query.user_id.empty()) patterns.push_back(field_pattern("who", query.user_id));
  if (!query.request_id.empty()) patterns.push_back(field_pattern("request_id", query.request_id));
  if (!query.trace_id.empty()) patterns.push_back(field_pattern("trace_id", query.trace_id));
  if (query.patient) patterns.push_back(field_pattern("patient", query.patient->to_string()));
  return patterns;
}

class Matcher {
 public:
  explicit Matcher(const SearchQuery& query) : query_(query), patterns_(patterns_of(query)) {}

  bool matches(std::string_view line) const {
    for (const std::string& pattern : patterns_) {
      if (line.find(pattern) == std::string_view::npos) return false;
    }
    if (query_.tenants.empty()) return true;
    const std::string_view tenant = text_field(line, "tenant");
    return std::any_of(query_.tenants.begin(), query_.tenants.end(),
                       [&](const TenantId& each) { return each.text() == tenant; });
  }

 private:
  const SearchQuery& query_;
  std::vector<std::string> patterns_;
};

SearchError unreadable(const std::string& path) {
  return {SearchError::Kind::unavailable, "cannot read the journal segment " + path};
}

// The time of the segment's first entry; none where it has no entry yet.
Result<std::optional<std::int64_t>, SearchError> begin_of(const SegmentFile& segment) {
  auto reader = LineReader::open(segment.path);
  if (!reader) return Err{unreadable(segment.path)};
  std::string_view line;
  while (reader->next(line)) {
    if (reader->torn() || !sequence_of(line)) continue;
    if (const auto at = UtcMillis::parse(text_field(line, "at"))) return std::optional(at->value);
  }
  return std::optional<std::int64_t>();
}

}  // namespace

Result<std::vector<JournalHit>, SearchError> search_journals(const std::string& directory,
                                                             const SearchQuery& query,
                                                             std::int64_t before_at,
                                                             std::uint64_t before_ref,
                                                             std::size_t limit) {
  const Matcher matcher(query);
  const std::int64_t from = query.from ? query.from->value : INT64_MIN;
  NewestHits hits(limit);
  const auto journals = list_journals(directory);
  for (std::size_t number = 0; number < journals.size(); ++number) {
    auto segments = list_segments(journals[number]);
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
      const auto begin = begin_of(*segment);
      if (!begin) return Err{begin.error()};
      if (!begin->has_value() || **begin - kDisorder > before_at) continue;
      auto reader = LineReader::open(segment->path);
      if (!reader) return Err{unreadable(segment->path)};
      std::string_view line;
      while (reader->next(line)) {
        if (reader->torn() || !matcher.matches(line)) continue;
        const auto sequence = sequence_of(line);
        const auto at = UtcMillis::parse(text_field(line, "at"));
        if (!sequence || !at) continue;
        const std::uint64_t ref = (static_cast<std::uint64_t>(number) << kSequenceBits) | *sequence;
        const Place place{at->value, ref};
        if (at->value >= from && place < Place{before_at, before_ref}) hits.offer(place, line);
      }
      // No older segment has anything newer than this one's beginning.
      const std::int64_t newest_left = **begin + kDisorder;
      if (newest_left < from || hits.all_newer_than(newest_left)) break;
    }
  }
  return std::move(hits).take();
}

}  // namespace pim::audit
