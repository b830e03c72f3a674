// The file operations that the engine does beside SQLite's own: recovery, backup, the directory's
// lock. Behind an interface, so that a simulated disk sees them too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "store/event_store.h"

namespace pim::store::sqlite {

class Files {
 public:
  // Releases the lock when destroyed.
  class Lock {
   public:
    virtual ~Lock() = default;
  };

  virtual ~Files() = default;
  // With its parents; each new name is synced. An existing directory is fine.
  virtual StoreResult<void> make_directory(const std::string& directory) = 0;
  // Exclusive, held by one process; fails with the holder's name.
  virtual StoreResult<std::unique_ptr<Lock>> lock_directory(const std::string& directory) = 0;
  virtual StoreResult<std::uint64_t> size(const std::string& path) = 0;  // 0 where absent
  // To a new inode (an older file of that name is removed first); its content is synced.
  virtual StoreResult<void> copy_to_new(const std::string& from, const std::string& to) = 0;
  virtual StoreResult<void> rename(const std::string& from, const std::string& to) = 0;
  virtual StoreResult<void> remove(const std::string& path) = 0;  // an absent one is fine
  virtual StoreResult<void> sync_file(const std::string& path) = 0;
  virtual StoreResult<void> sync_directory(const std::string& directory) = 0;
  virtual StoreResult<std::uint64_t> free_bytes(const std::string& directory) = 0;
};

// Of the operating system; thread-safe.
Files& posix_files();

}  // namespace pim::store::sqlite
