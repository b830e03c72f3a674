// What the embedded engine can be told.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "domain/ids.h"
#include "store/sqlite/files.h"

namespace pim::store::sqlite {

struct SqliteOptions {
  std::string directory;  // created where absent; one process at a time

  std::uint64_t checkpoint_bytes = 4ULL << 20;   // of write-ahead log, copied back at a time
  std::uint64_t wal_cap_bytes = 128ULL << 20;    // beyond it the writer waits for disk and readers
  std::uint64_t cache_bytes = 16ULL << 20;       // page cache of the writing connection
  std::uint64_t low_water_bytes = 256ULL << 20;  // of free disk; below it appends get `disk_low`
  std::uint32_t reader_threads = 2;              // for load() and find_receipt()

  std::chrono::hours keep_rejected{24};           // receipts of rejections
  std::chrono::milliseconds idle{5000};           // before idle work (removing old receipts)
  std::chrono::milliseconds heal_interval{1000};  // between tries after a failed checkpoint
  std::function<UtcMillis()> now;                 // empty: the system clock
  std::string vfs;                                // an SQLite VFS by name; empty: the default
  bool sync_in_place = false;                     // no background syncs: every run repeats itself
  Files* files = nullptr;                         // null: posix_files()
};

}  // namespace pim::store::sqlite
