#include <algorithm>
#include <utility>

#include "audit/verify_parts.h"

namespace pim::audit {

store::StoreResult<AnchorsByBucket> load_anchors(const VerifyOptions& options,
                                                 VerifyReport& report) {
  AnchorsByBucket by_bucket(kBuckets);
  if (options.anchor_file.empty()) return by_bucket;
  auto key = store::AnchorKey::load(options.anchor_key_file);
  if (!key) return Err{std::move(key.error())};
  auto file = store::read_anchors(options.anchor_file, *key);
  if (!file && file.error().kind == store::StoreErrorKind::corrupt) {
    add_finding(report, "anchors", file.error().message);
    return by_bucket;
  }
  if (!file) return Err{std::move(file.error())};
  report.anchors = file->anchors.size();
  for (const store::Anchor& anchor : file->anchors) {
    by_bucket[anchor.bucket.value].push_back(anchor);
  }
  for (auto& anchors : by_bucket) {
    std::stable_sort(anchors.begin(), anchors.end(),
                     [](const store::Anchor& a, const store::Anchor& b) {
                       return a.next_position < b.next_position;
                     });
  }
  return by_bucket;
}

}  // namespace pim::audit
