#include <utility>

#include "audit/verify_parts.h"

namespace pim::audit {

store::StoreResult<VerifyReport> verify(store::Reader& store, const VerifyOptions& options) {
  VerifyReport report;
  auto anchors = load_anchors(options, report);
  if (!anchors) return Err{std::move(anchors.error())};
  auto walked = verify_events(store, options, *anchors, report);
  if (!walked) return Err{std::move(walked.error())};
  auto receipts = verify_receipts(store, options, *walked, report);
  if (!receipts) return Err{std::move(receipts.error())};
  if (!options.journal_directory.empty()) {
    auto journals = verify_journals(options.journal_directory, report);
    if (!journals) return Err{std::move(journals.error())};
  }
  return report;
}

}  // namespace pim::audit
