// A disk in memory that can lose power, fail calls, and fail a sync in the way Linux does.
//
// Every file has what reads see (the page cache), what is durable, and the writes between the two.
// Names are the same: a created, renamed or removed name is durable only after its directory was
// synced. When power goes, each unsynced write is dropped, kept or torn into sectors by the seed,
// and each unsynced name change is dropped or kept.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pim::store::sqlite {

enum class DiskError { none, eio, enospc, absent };

// Thread-safe.
class FaultDisk {
 public:
  struct File;  // an inode
  using FilePtr = std::shared_ptr<File>;

  explicit FaultDisk(std::uint64_t seed);
  // With the durable files of `image`.
  FaultDisk(std::uint64_t seed, const FaultDisk& image);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  // --- what a program does; each counts as a call
  DiskError open(const std::string& path, bool create, FilePtr& file);
  DiskError read(const FilePtr& file, std::uint64_t offset, std::size_t size, std::string& out);
  DiskError write(const FilePtr& file, std::uint64_t offset, std::string_view data);
  DiskError truncate(const FilePtr& file, std::uint64_t size);
  DiskError sync(const FilePtr& file);
  DiskError size(const FilePtr& file, std::uint64_t& size);
  bool exists(const std::string& path);
  DiskError remove(const std::string& path);
  DiskError rename(const std::string& from, const std::string& to);
  DiskError sync_directory(const std::string& directory);

  // --- power
  // Power fails within the n-th change from now (1: the next); from then on every call fails.
  void cut_power_at_change(std::uint64_t n);
  void cut_power();
  bool powered() const;
  // Power comes back: the disk holds what survived. All that was open is dead.
  void restore_power();

  // --- single faults
  // The n-th call from now fails once with EIO, or, counting only calls that need space, ENOSPC.
  void fail_call(std::uint64_t n, DiskError error);
  // Has the fault of fail_call() happened?
  bool failed() const;
  // The next sync fails; what it should have written stays readable, and is lost with the power.
  // `path` empty: of whichever file.
  void fail_next_sync(const std::string& path = {});
  bool sync_has_failed() const;  // since fail_next_sync()

  // --- counters
  std::uint64_t changes() const;  // since the disk was made
  std::uint64_t power_losses() const { return power_losses_; }
  std::uint64_t torn_writes() const { return torn_writes_; }

 private:
  struct Change;
  struct NameChange;

  bool enter(bool needs_space, DiskError& error);  // mutex_ is held; false: the call fails
  bool enter_change(DiskError& error, bool needs_space);
  void apply(std::string& content, const Change& change) const;
  void settle_file(File& file);
  void apply_name(const NameChange& change);
  std::uint64_t pick(std::uint64_t below) { return rng_() % below; }

  mutable std::mutex mutex_;  // guards all below
  std::mt19937_64 rng_;
  std::map<std::string, FilePtr> names_;
  std::map<std::string, FilePtr> durable_names_;
  std::vector<NameChange> name_changes_;
  std::vector<std::weak_ptr<File>> files_;
  bool powered_ = true;
  std::uint64_t cut_at_ = 0;  // in changes_; 0: never
  std::uint64_t changes_ = 0;
  std::uint64_t calls_until_fault_ = 0;  // 0: none
  DiskError fault_ = DiskError::none;
  bool failed_ = false;
  bool fail_sync_ = false;
  std::string fail_sync_of_;
  std::uint64_t power_losses_ = 0;
  std::uint64_t torn_writes_ = 0;
};

}  // namespace pim::store::sqlite
