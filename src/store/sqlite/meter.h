// What the engine measures of itself. Lives as long as the store, over every recovery.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>

#include "telemetry/histogram.h"

namespace pim::store::sqlite {

// Written by the writer's thread and the syncing one, read by anyone.
struct Meter {
  telemetry::Histogram log_sync;
  telemetry::Histogram database_sync;
  telemetry::Histogram checkpoint;
  std::atomic<std::uint64_t> page_hits{0};
  std::atomic<std::uint64_t> page_misses{0};
  std::atomic<std::uint64_t> page_spills{0};
  std::atomic<std::uint64_t> log_bytes{0};

  // Adds what the connection counted since the last call. On the connection's thread.
  void read_page_cache(sqlite3* connection) {
    const auto add = [connection](int what, std::atomic<std::uint64_t>& sum) {
      int count = 0;
      int most = 0;
      if (sqlite3_db_status(connection, what, &count, &most, 1) != SQLITE_OK) return;
      sum.fetch_add(static_cast<std::uint64_t>(count), std::memory_order_relaxed);
    };
    add(SQLITE_DBSTATUS_CACHE_HIT, page_hits);
    add(SQLITE_DBSTATUS_CACHE_MISS, page_misses);
    add(SQLITE_DBSTATUS_CACHE_SPILL, page_spills);
  }
};

}  // namespace pim::store::sqlite
