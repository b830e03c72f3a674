// Finds journal entries by scanning segments, newest first, with a cheap look at each line's text
// before it counts. No index: a journal is written far more often than it is searched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/audit.h"

namespace pim::audit {

struct JournalHit {
  std::int64_t at = 0;
  std::uint64_t ref = 0;  // journal (upper 16 bits), sequence (lower 48): the order within `at`
  std::string record;
};

// The newest `limit` entries that match `query` and come before (at, ref), newest first.
Result<std::vector<JournalHit>, SearchError> search_journals(const std::string& directory,
                                                             const SearchQuery& query,
                                                             std::int64_t before_at,
                                                             std::uint64_t before_ref,
                                                             std::size_t limit);

}  // namespace pim::audit
