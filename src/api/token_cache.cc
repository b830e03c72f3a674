#include "api/token_cache.h"

namespace pim::api {

std::shared_ptr<const Principal> TokenCache::find(const store::Digest& token, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(token);
  if (found == entries_.end()) return nullptr;
  if (now < found->second->expires) return found->second;
  entries_.erase(found);
  return nullptr;
}

void TokenCache::insert(const store::Digest& token, std::shared_ptr<const Principal> principal) {
  const std::lock_guard lock(mutex_);
  // a full cache starts over: rarer and simpler than an order of use
  if (entries_.size() >= capacity_) entries_.clear();
  entries_[token] = std::move(principal);
}

std::size_t TokenCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace pim::api
