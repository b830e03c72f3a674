// MANIFEST: what a backup directory holds. Written last, so a directory without one is no backup.
// The format: docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <string>

#include "store/event_store.h"

namespace pim::store::sqlite {

struct Manifest {
  std::int64_t schema_version = 0;
  NodeId node;        // whose store it was
  UtcMillis created;  // when the copy began
  std::uint64_t bytes = 0;
  Digest sha256;  // of events.db
  std::uint64_t events = 0;
  std::uint64_t receipts = 0;
};

// Both synced and atomic: a reader finds the whole file, or none.
StoreResult<void> write_manifest(const std::string& directory, const Manifest& manifest);
StoreResult<Manifest> read_manifest(const std::string& directory);

StoreResult<Digest> sha256_of_file(const std::string& path);

}  // namespace pim::store::sqlite
