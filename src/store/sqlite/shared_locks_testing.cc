#include "store/sqlite/shared_locks_testing.h"

#include <sqlite3.h>

#include <cstring>

namespace pim::store::sqlite {

int FileLocks::lock(Holder& holder, int level) {
  const std::lock_guard guard(mutex_);
  if (holder.level >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (pending_ != nullptr || exclusive_ != nullptr) return SQLITE_BUSY;
    ++shared_;
    holder.level = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  if (level == SQLITE_LOCK_RESERVED) {
    if (reserved_ != nullptr && reserved_ != &holder) return SQLITE_BUSY;
    reserved_ = &holder;
    holder.level = SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
  }
  if (pending_ != nullptr && pending_ != &holder) return SQLITE_BUSY;
  if (reserved_ != nullptr && reserved_ != &holder) return SQLITE_BUSY;
  pending_ = &holder;
  holder.level = SQLITE_LOCK_PENDING;
  if (shared_ > 1) return SQLITE_BUSY;  // its own shared lock is one
  exclusive_ = &holder;
  holder.level = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

int FileLocks::unlock(Holder& holder, int level) {
  const std::lock_guard guard(mutex_);
  if (holder.level <= level) return SQLITE_OK;
  if (exclusive_ == &holder) exclusive_ = nullptr;
  if (pending_ == &holder) pending_ = nullptr;
  if (reserved_ == &holder) reserved_ = nullptr;
  if (level == SQLITE_LOCK_NONE) --shared_;
  holder.level = level;
  return SQLITE_OK;
}

bool FileLocks::reserved() const {
  const std::lock_guard guard(mutex_);
  return reserved_ != nullptr;
}

int FileLocks::wal_lock(Holder& holder, int offset, int count, int flags) {
  const std::lock_guard guard(mutex_);
  const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
  const bool locking = (flags & SQLITE_SHM_LOCK) != 0;
  for (int i = offset; locking && i < offset + count; ++i) {
    const Holder* exclusive = wal_exclusive_[i];
    if (exclusive != nullptr && exclusive != &holder) return SQLITE_BUSY;
    const int own = (holder.wal_shared & (1U << i)) != 0 ? 1 : 0;
    if (!shared && wal_shared_[i] > own) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    const unsigned bit = 1U << i;
    unsigned& held = shared ? holder.wal_shared : holder.wal_exclusive;
    if (locking == ((held & bit) != 0)) continue;
    held ^= bit;
    if (shared) {
      wal_shared_[i] += locking ? 1 : -1;
    } else {
      wal_exclusive_[i] = locking ? &holder : nullptr;
    }
  }
  return SQLITE_OK;
}

volatile void* FileLocks::wal_region(int index, int size, bool extend) {
  const std::lock_guard guard(mutex_);
  while (static_cast<int>(regions_.size()) <= index) {
    if (!extend) return nullptr;
    regions_.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    std::memset(regions_.back().get(), 0, static_cast<std::size_t>(size));
  }
  return regions_[static_cast<std::size_t>(index)].get();
}

void FileLocks::forget_wal_index() {
  const std::lock_guard guard(mutex_);
  regions_.clear();
}

}  // namespace pim::store::sqlite
