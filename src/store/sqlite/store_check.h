// Everything that a store says about itself, checked against everything else that it says.
#pragma once

#include <atomic>
#include <cstdint>

#include "store/sqlite/queries.h"

namespace pim::store::sqlite {

struct StoreCounts {
  std::uint64_t events = 0;
  std::uint64_t receipts = 0;
};

// SQLite's integrity check, then every bucket's chain, positions and head. Reads everything. Stops
// with `unavailable` soon after `stop` is set; `corrupt` names the first thing that is wrong.
StoreResult<StoreCounts> check_store(Queries& queries, const std::atomic<bool>& stop);

}  // namespace pim::store::sqlite
