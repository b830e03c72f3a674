// A store's numbers for /metrics; what they mean stands in api/metric_names.h.
#pragma once

#include <cstdint>

#include "telemetry/histogram.h"

namespace pim::store {

// What an engine does not have stays empty.
struct StoreStats {
  telemetry::Histogram::Snapshot log_sync;       // what a commit waits for
  telemetry::Histogram::Snapshot database_sync;  // beside the commits
  telemetry::Histogram::Snapshot checkpoint;
  std::uint64_t page_hits = 0;  // of the writing connection's cache
  std::uint64_t page_misses = 0;
  std::uint64_t page_spills = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t database_bytes = 0;
  std::uint64_t free_bytes = 0;  // of the disk
  std::uint64_t low_water_bytes = 0;
};

}  // namespace pim::store
