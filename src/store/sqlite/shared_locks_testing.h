// SQLite's file locks and the locks and memory of its wal-index, for connections of one process.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace pim::store::sqlite {

// Of one file. Thread-safe. Return values are SQLite result codes.
class FileLocks {
 public:
  // One connection's part in it.
  struct Holder {
    int level = 0;            // SQLITE_LOCK_*
    unsigned wal_shared = 0;  // bit n: wal-index lock n
    unsigned wal_exclusive = 0;
  };

  int lock(Holder& holder, int level);
  int unlock(Holder& holder, int level);
  bool reserved() const;

  int wal_lock(Holder& holder, int offset, int count, int flags);
  // A region of the wal-index; null where it does not exist and is not to be made.
  volatile void* wal_region(int index, int size, bool extend);
  void forget_wal_index();

 private:
  static constexpr int kWalLocks = 8;

  mutable std::mutex mutex_;  // guards all below
  int shared_ = 0;
  const Holder* reserved_ = nullptr;
  const Holder* pending_ = nullptr;
  const Holder* exclusive_ = nullptr;
  std::array<int, kWalLocks> wal_shared_{};
  std::array<const Holder*, kWalLocks> wal_exclusive_{};
  std::vector<std::unique_ptr<char[]>> regions_;
};

}  // namespace pim::store::sqlite
