// Files whose content is known to be on disk.
//
// When fsync fails, Linux marks the pages that it could not write as clean: later reads show them,
// later syncs succeed, and the next power loss takes them. So what the page cache shows is copied
// to new inodes, synced there, and put in the place of the old files.
#pragma once

#include <string>

#include "store/sqlite/files.h"

namespace pim::store::sqlite {

// Database and log, after a failed sync. Every connection must be closed. May be repeated.
StoreResult<void> rewrite_store_files(Files& files, const std::string& directory);

// The log only, before opening: an earlier process may have died between a failed sync and its
// recovery. Bounded by the log's cap. The database needs none of it: the log still holds every page
// that no successful sync covered, and is copied back again.
StoreResult<void> rewrite_log(Files& files, const std::string& directory);

}  // namespace pim::store::sqlite
