#include "store/sqlite/recovery.h"

#include "store/sqlite/write_session.h"

namespace pim::store::sqlite {
namespace {

constexpr const char* kNew = ".new";

StoreResult<void> put_in_place(Files& files, const std::string& path) {
  return files.rename(path + kNew, path);
}

}  // namespace

StoreResult<void> rewrite_store_files(Files& files, const std::string& directory) {
  const std::string database = database_path(directory);
  const std::string log = wal_path(directory);
  auto log_size = files.size(log);
  if (!log_size) return Err{log_size.error()};

  if (auto copied = files.copy_to_new(database, database + kNew); !copied) return copied;
  if (*log_size > 0) {
    if (auto copied = files.copy_to_new(log, log + kNew); !copied) return copied;
  }
  // Between the two renames a crash leaves one new and one old file. Both pairs are good: their
  // bytes are the same, and the old log can lose no more than what was never acknowledged.
  if (*log_size > 0) {
    if (auto placed = put_in_place(files, log); !placed) return placed;
  }
  if (auto placed = put_in_place(files, database); !placed) return placed;
  return files.sync_directory(directory);
}

StoreResult<void> rewrite_log(Files& files, const std::string& directory) {
  const std::string log = wal_path(directory);
  for (const std::string& leftover : {database_path(directory) + kNew, log + kNew}) {
    if (auto removed = files.remove(leftover); !removed) return removed;
  }
  auto size = files.size(log);
  if (!size) return Err{size.error()};
  if (*size == 0) return {};
  if (auto copied = files.copy_to_new(log, log + kNew); !copied) return copied;
  if (auto placed = put_in_place(files, log); !placed) return placed;
  return files.sync_directory(directory);
}

}  // namespace pim::store::sqlite
