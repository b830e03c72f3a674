#include <string>
#include <utility>

#include "audit/segment.h"
#include "audit/verify_parts.h"

namespace pim::audit {
namespace {

// One journal's chain, over all of its segments.
class JournalWalk {
 public:
  explicit JournalWalk(VerifyReport& report) : report_(report) {}

  void open(const SegmentFile& segment) {
    path_ = segment.path;
    line_ = 0;
    ++segment_;
    if (segment.number != segment_) {
      found("segment " + std::to_string(segment_) + " is missing before it");
      segment_ = segment.number;
    }
  }

  void visit(std::string_view line) {
    ++line_;
    const auto record = open_record(line);
    if (!record) {
      found("is no sealed record");
      return;
    }
    if (!record->intact) found("its content does not match its hash");
    if (record->prev != chain_) found("does not continue the chain of the record before it");
    chain_ = record->hash;
    if (line_ == 1) {
      visit_header(line);
    } else {
      visit_entry(line);
    }
  }

  void torn() { found("its last line has no end: a power loss, or a cut"); }

  // A tear takes less than a record. Whole ones among what was cut off when the journal was opened
  // again, sound or not, are no tear's.
  void cut(const SegmentFile& segment) {
    auto reader = LineReader::open(cut_path(segment.path));
    if (!reader) return;
    std::uint64_t whole = 0;
    std::string_view line;
    while (reader->next(line)) {
      if (!reader->torn() && open_record(line)) ++whole;
    }
    if (whole > 0) found(std::to_string(whole) + " whole records after it were cut off");
  }

  void empty() { found("holds no record, not even its header"); }

 private:
  void visit_header(std::string_view line) {
    const auto header = parse_header(line);
    if (!header) {
      found("the first record is no segment header");
      return;
    }
    if (header->segment != segment_) {
      found("calls itself segment " + std::to_string(header->segment));
    }
    if (header->first_seq != sequence_ + 1) found("entries before it are missing");
    sequence_ = header->first_seq - 1;
  }

  void visit_entry(std::string_view line) {
    ++report_.journal_entries;
    const auto sequence = sequence_of(line);
    if (!sequence || *sequence != sequence_ + 1) {
      found("is not record " + std::to_string(sequence_ + 1) + " of the journal");
    }
    sequence_ = sequence.value_or(sequence_ + 1);
  }

  void found(std::string what) {
    add_finding(report_, path_ + ":" + std::to_string(line_), std::move(what));
  }

  VerifyReport& report_;
  std::string path_;
  std::uint64_t line_ = 0;
  std::uint32_t segment_ = 0;
  std::uint64_t sequence_ = 0;
  store::Digest chain_;
};

store::StoreResult<void> verify_journal(const std::string& directory, VerifyReport& report) {
  JournalWalk walk(report);
  for (const SegmentFile& segment : list_segments(directory)) {
    auto reader = LineReader::open(segment.path);
    if (!reader) {
      return Err{
          store::StoreError{store::StoreErrorKind::unavailable, "cannot read " + segment.path}};
    }
    walk.open(segment);
    bool any = false;
    std::string_view line;
    while (reader->next(line)) {
      any = true;
      if (!reader->torn()) walk.visit(line);
    }
    if (reader->torn()) walk.torn();
    if (!any) walk.empty();
    walk.cut(segment);
  }
  return {};
}

}  // namespace

store::StoreResult<void> verify_journals(const std::string& directory, VerifyReport& report) {
  for (const std::string& journal : list_journals(directory)) {
    auto verified = verify_journal(journal, report);
    if (!verified) return verified;
  }
  return {};
}

}  // namespace pim::audit
