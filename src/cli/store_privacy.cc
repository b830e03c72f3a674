#include "cli/store_privacy.h"

#include "cli/offline_store.h"
#include "data/privacy/event_check.h"
#include "routing/bucket.h"

namespace pim::cli {
namespace {

constexpr std::size_t kEventsAPage = 1000;

}  // namespace

Result<data::privacy::Report, std::string> scan_store(const std::string& data,
                                                      const ScanProgress& progress) {
  const auto opened = open_offline(data);
  if (!opened) return Err{opened.error()};
  data::privacy::Report report;
  data::privacy::EventCheck check(report);
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    std::uint64_t after = 0;
    while (true) {
      const auto page = opened->reader->read_bucket(BucketId{static_cast<std::uint16_t>(bucket)},
                                                    after, kEventsAPage);
      if (!page) return Err{page.error().message};
      for (const auto& event : *page) {
        check.check(
            {event.type, event.data, event.origin.reason, event.origin.request_id,
             event.origin.recorded_at,
             "bucket " + std::to_string(bucket) + " position " + std::to_string(event.position)});
        after = event.position;
      }
      if (page->size() < kEventsAPage) break;
    }
    if (progress) progress(bucket + 1, kBuckets, report.events);
  }
  check.finish();
  return report;
}

}  // namespace pim::cli
