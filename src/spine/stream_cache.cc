#include "spine/stream_cache.h"

namespace pim::spine {

StreamEntry* StreamCache::find(StreamId id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : found->second;
}

StreamEntry& StreamCache::add(StreamId id) {
  StreamEntry& entry = pinned_.emplace_front();
  entry.id = id;
  entry.self = pinned_.begin();
  index_.emplace(id, &entry);
  evict();
  return entry;
}

void StreamCache::pin(StreamEntry& entry) {
  if (entry.pinned) return;
  entry.pinned = true;
  pinned_.splice(pinned_.begin(), idle_, entry.self);
}

void StreamCache::unpin(StreamEntry& entry) {
  if (!entry.pinned) return;
  entry.pinned = false;
  idle_.splice(idle_.begin(), pinned_, entry.self);
  evict();
}

void StreamCache::remove(StreamEntry& entry) {
  index_.erase(entry.id);
  (entry.pinned ? pinned_ : idle_).erase(entry.self);
}

void StreamCache::evict() {
  for (; index_.size() > capacity_ && !idle_.empty(); ++evictions_) remove(idle_.back());
}

}  // namespace pim::spine
