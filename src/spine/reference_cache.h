// What commands must know of providers and facilities, shared by all shards: durable facts only.
//
// A change of a provider or facility invalidates its fact as soon as it is committed and before it
// is answered, so whoever saw the answer decides on the new fact.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "domain/decide.h"
#include "spine/fold.h"
#include "spine/spine.h"

namespace pim::spine {

// Thread-safe.
class ReferenceCache {
 public:
  explicit ReferenceCache(std::size_t capacity = 65'536) : capacity_(capacity) {}

  // The fact as `tenant` may see it: version 0 where the stream is absent, of another kind or
  // another tenant's. nullopt: not cached, load it.
  std::optional<ReferenceFact> find(StreamId id, StreamKind kind, const TenantId& tenant) const;

  // A load that began at one generation is kept only if no change came since: it may have read
  // what was true before.
  std::uint64_t generation() const;
  void put(StreamId id, const FoldedStream& loaded, std::uint64_t generation_at_start);

  ReferenceStats stats() const;

  void invalidate(StreamId id);
  // After an unknown outcome: what was read meanwhile may not be what lasted.
  void clear();

 private:
  struct Entry {
    StreamKind kind = StreamKind::provider;
    TenantId tenant;
    ReferenceFact fact;
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  mutable ReferenceStats counts_;  // hits and misses
  std::unordered_map<StreamId, Entry> entries_;
};

}  // namespace pim::spine
