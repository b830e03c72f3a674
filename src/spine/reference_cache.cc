#include "spine/reference_cache.h"

#include <variant>

namespace pim::spine {
namespace {

ReferenceFact fact_of(const FoldedStream& stream) {
  if (const auto* provider = std::get_if<Provider>(&stream.state)) {
    return {stream.version, provider->status};
  }
  if (const auto* facility = std::get_if<Facility>(&stream.state)) {
    return {stream.version, facility->status};
  }
  return {};  // absent, or a patient
}

}  // namespace

std::optional<ReferenceFact> ReferenceCache::find(StreamId id, StreamKind kind,
                                                  const TenantId& tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  ++(found == entries_.end() ? counts_.misses : counts_.hits);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  if (entry.kind != kind || entry.tenant != tenant) return ReferenceFact{};
  return entry.fact;
}

ReferenceStats ReferenceCache::stats() const {
  const std::lock_guard lock(mutex_);
  ReferenceStats stats = counts_;
  stats.entries = entries_.size();
  return stats;
}

std::uint64_t ReferenceCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void ReferenceCache::put(StreamId id, const FoldedStream& loaded,
                         std::uint64_t generation_at_start) {
  const std::lock_guard lock(mutex_);
  if (generation_ != generation_at_start) return;
  if (entries_.size() >= capacity_) entries_.clear();
  entries_.insert_or_assign(id, Entry{loaded.kind, loaded.tenant, fact_of(loaded)});
}

void ReferenceCache::invalidate(StreamId id) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(id);
}

void ReferenceCache::clear() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.clear();
}

}  // namespace pim::spine
