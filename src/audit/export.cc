#include <string>
#include <utility>

#include "audit/audit.h"
#include "audit/segment.h"
#include "audit/store_record.h"
#include "routing/bucket.h"
#include "telemetry/scoped_span.h"

namespace pim::audit {
namespace {

constexpr std::size_t kPage = 1000;

class LineWriter {
 public:
  explicit LineWriter(const std::function<void(std::string_view)>& write) : write_(write) {}
  void line(std::string text) {
    text += '\n';
    write_(text);
    ++lines_;
  }
  std::uint64_t lines() const { return lines_; }

 private:
  const std::function<void(std::string_view)>& write_;
  std::uint64_t lines_ = 0;
};

store::StoreResult<void> export_events(store::Reader& store, LineWriter& out) {
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    std::uint64_t after = 0;
    while (true) {
      auto page = store.read_bucket(BucketId{static_cast<std::uint16_t>(bucket)}, after, kPage);
      if (!page) return Err{std::move(page.error())};
      for (const store::EventRecord& event : *page) {
        out.line(event_record(event));
        after = event.position;
      }
      if (page->size() < kPage) break;
    }
  }
  return {};
}

store::StoreResult<void> export_receipts(store::Reader& store, LineWriter& out) {
  std::uint64_t cursor = 0;
  while (true) {
    auto page = store.read_receipts(cursor, kPage);
    if (!page) return Err{std::move(page.error())};
    if (page->empty()) return {};
    for (const store::Receipt& receipt : *page) out.line(receipt_record(receipt));
  }
}

store::StoreResult<void> export_journals(const std::string& directory, LineWriter& out) {
  for (const std::string& journal : list_journals(directory)) {
    for (const SegmentFile& segment : list_segments(journal)) {
      auto reader = LineReader::open(segment.path);
      if (!reader) {
        return Err{
            store::StoreError{store::StoreErrorKind::unavailable, "cannot read " + segment.path}};
      }
      std::string_view line;
      // A line that is still being written, or was torn, is no record.
      while (reader->next(line) && !reader->torn()) out.line(std::string(line));
    }
  }
  return {};
}

// Runs one part in a span that says how many lines it wrote.
template <class Run>
store::StoreResult<void> part(std::string_view name, const LineWriter& out, Run run) {
  return telemetry::in_span(name, [&](telemetry::ScopedSpan& span) {
    const std::uint64_t before = out.lines();
    auto done = run();
    span.set("pim.lines", out.lines() - before);
    return done;
  });
}

}  // namespace

store::StoreResult<std::uint64_t> export_jsonl(store::Reader& store,
                                               const std::string& journal_directory,
                                               const std::function<void(std::string_view)>& write) {
  LineWriter out(write);
  auto done = part("export events", out, [&] { return export_events(store, out); });
  if (done) done = part("export receipts", out, [&] { return export_receipts(store, out); });
  if (done && !journal_directory.empty()) {
    done = part("export journals", out, [&] { return export_journals(journal_directory, out); });
  }
  if (!done) return Err{std::move(done.error())};
  return out.lines();
}

}  // namespace pim::audit
