// A FaultDisk as a VFS for SQLite and as Files for the engine: what a store opened on it does, the
// disk sees. File locks and the shared memory of WAL work between the connections of this process.
#pragma once

#include <memory>
#include <string>

#include "store/sqlite/fault_disk_testing.h"
#include "store/sqlite/files.h"

namespace pim::store::sqlite {

// Registers itself with SQLite; every connection must be closed before it goes. Thread-safe.
class FaultVfs {
 public:
  explicit FaultVfs(FaultDisk& disk);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const;  // for SqliteOptions::vfs
  Files& files();                   // for SqliteOptions::files

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pim::store::sqlite
