#include <utility>

#include "audit/verify_parts.h"

namespace pim::audit {

store::StoreResult<VerifyReport> verify(store::Reader& store, const VerifyOptions& options) {
  VerifyReport report;
  auto chains = verify_store(store, options, report);
  if (!chains) return Err{std::move(chains.error())};
  if (!options.journal_directory.empty()) {
    auto journals = verify_journals(options.journal_directory, report);
    if (!journals) return Err{std::move(journals.error())};
  }
  return report;
}

}  // namespace pim::audit
