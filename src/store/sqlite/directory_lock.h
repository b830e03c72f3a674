// One process a data directory: an flock on DIRECTORY/lock, which also names the holder's pid. The
// kernel drops it when the process dies; the file stays.
#pragma once

#include <memory>
#include <string>

#include "store/sqlite/descriptor.h"
#include "store/sqlite/files.h"

namespace pim::store::sqlite {

class DirectoryLock final : public Files::Lock {
 public:
  static StoreResult<std::unique_ptr<DirectoryLock>> take(const std::string& directory);

  // Whether a process has it now. Asking is not taking: by the answer another may have it, and who
  // asks at the very moment at which another takes makes that one fail.
  static bool is_held(const std::string& directory);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace pim::store::sqlite
