#include "audit/journal_search.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "audit/record_json.h"
#include "audit/segment.h"

namespace pim::audit {
namespace {

constexpr int kSequenceBits = 48;

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

// When the first record of the segment was written.
Result<UtcMillis, SearchError> begin_of(const SegmentFile& segment) {
  auto reader = LineReader::open(segment.path);
  std::string_view line;
  if (!reader || !reader->next(line)) return Err{unreadable(segment.path)};
  const auto header = parse_header(line);
  if (!header) return Err{unreadable(segment.path)};
  return header->at;
}

}  // namespace

Result<std::vector<JournalHit>, SearchError> search_journals(const std::string& directory,
                                                             const SearchQuery& query,
                                                             std::int64_t before_at,
                                                             std::uint64_t before_ref,
                                                             std::size_t limit) {
  const Matcher matcher(query);
  const std::int64_t from = query.from ? query.from->value : INT64_MIN;
  std::vector<JournalHit> hits;
  const auto journals = list_journals(directory);
  for (std::size_t number = 0; number < journals.size(); ++number) {
    auto segments = list_segments(journals[number]);
    std::size_t found = 0;
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
      const auto begin = begin_of(*segment);
      if (!begin) return Err{begin.error()};
      if (begin->value > before_at) continue;
      // Entries follow each other in time: the last ones of a segment are its newest.
      std::deque<JournalHit> newest;
      auto reader = LineReader::open(segment->path);
      if (!reader) return Err{unreadable(segment->path)};
      std::string_view line;
      while (reader->next(line)) {
        if (reader->torn() || !matcher.matches(line)) continue;
        const auto sequence = sequence_of(line);
        const auto at = UtcMillis::parse(text_field(line, "at"));
        if (!sequence || !at) continue;
        const std::uint64_t ref = (static_cast<std::uint64_t>(number) << kSequenceBits) | *sequence;
        const auto place = std::tuple(at->value, ref);
        if (at->value < from || place >= std::tuple(before_at, before_ref)) continue;
        newest.push_back({at->value, ref, std::string(line)});
        if (newest.size() > limit) newest.pop_front();
      }
      found += newest.size();
      std::move(newest.begin(), newest.end(), std::back_inserter(hits));
      if (found >= limit || begin->value < from) break;
    }
  }
  std::sort(hits.begin(), hits.end(), [](const JournalHit& a, const JournalHit& b) {
    return std::tie(a.at, a.ref) > std::tie(b.at, b.ref);
  });
  if (hits.size() > limit) hits.resize(limit);
  return hits;
}

}  // namespace pim::audit
