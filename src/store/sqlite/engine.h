// The embedded engine: one SQLite file in WAL mode, synchronous=FULL, one process a directory.
// docs/formats/event-store.md describes the files.
#pragma once

#include <memory>

#include "store/event_store.h"
#include "store/sqlite/options.h"

namespace pim::store::sqlite {

// Locks the directory, and creates the store in it or opens the one that is there. How long opening
// takes depends on the length of the write-ahead log (capped), not on the history.
// Readers that outlive the store answer `unavailable`.
StoreResult<std::unique_ptr<EventStore>> open_sqlite_store(const SqliteOptions& options);

}  // namespace pim::store::sqlite
