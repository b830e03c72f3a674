// A VFS over another one that gathers writes to the write-ahead log. SQLite writes every frame of a
// commit in two small pieces; gathered, a batch reaches the kernel in one call before its sync.
//
// Safe because nothing reads a frame before the sync that made it durable: readers look only at
// what the wal-index shows, and that is updated after it. So it needs synchronous=FULL.
#pragma once

#include <memory>
#include <string>

#include "telemetry/histogram.h"

namespace pim::store::sqlite {

// Registered with SQLite while it lives; every connection through it must be closed before.
class LogBuffer {
 public:
  // `base_vfs` by name; empty: the default one. `syncs` is told how long each sync took.
  LogBuffer(const std::string& base_vfs, telemetry::Histogram& syncs);
  ~LogBuffer();
  LogBuffer(const LogBuffer&) = delete;
  LogBuffer& operator=(const LogBuffer&) = delete;

  const std::string& vfs() const;

 private:
  struct Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace pim::store::sqlite
