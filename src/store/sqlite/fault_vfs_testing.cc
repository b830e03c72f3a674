#include "store/sqlite/fault_vfs_testing.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "store/sqlite/shared_locks_testing.h"

namespace pim::store::sqlite {
namespace {

struct OpenFile {
  FaultDisk* disk = nullptr;
  FaultDisk::FilePtr file;
  std::shared_ptr<FileLocks> locks;
  FileLocks::Holder holder;
  std::string directory_to_sync;  // with the first sync, where this name is new
};

// What SQLite allocates: its base, and a pointer to the rest.
struct SqliteFile {
  sqlite3_file base;
  OpenFile* open;
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<SqliteFile*>(file)->open; }

int code(DiskError error, int eio) {
  switch (error) {
    case DiskError::none:
      return SQLITE_OK;
    case DiskError::enospc:
      return SQLITE_FULL;
    default:
      return eio;
  }
}

int close_file(sqlite3_file* file) {
  auto* own = reinterpret_cast<SqliteFile*>(file);
  own->open->locks->unlock(own->open->holder, SQLITE_LOCK_NONE);
  delete std::exchange(own->open, nullptr);
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  std::string data;
  const auto wanted = static_cast<std::size_t>(amount);
  OpenFile& own = opened(file);
  const DiskError error =
      own.disk->read(own.file, static_cast<std::uint64_t>(offset), wanted, data);
  if (error != DiskError::none) return SQLITE_IOERR_READ;
  std::memcpy(out, data.data(), data.size());
  if (data.size() == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + data.size(), 0, wanted - data.size());
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
  OpenFile& own = opened(file);
  const std::string_view bytes(static_cast<const char*>(data), static_cast<std::size_t>(amount));
  return code(own.disk->write(own.file, static_cast<std::uint64_t>(offset), bytes),
              SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& own = opened(file);
  return code(own.disk->truncate(own.file, static_cast<std::uint64_t>(size)),
              SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
  OpenFile& own = opened(file);
  if (own.disk->sync(own.file) != DiskError::none) return SQLITE_IOERR_FSYNC;
  if (own.directory_to_sync.empty()) return SQLITE_OK;
  // As SQLite's own VFS does for a log or journal that it created.
  if (own.disk->sync_directory(own.directory_to_sync) != DiskError::none) {
    return SQLITE_IOERR_DIR_FSYNC;
  }
  own.directory_to_sync.clear();
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  std::uint64_t bytes = 0;
  OpenFile& own = opened(file);
  const DiskError error = own.disk->size(own.file, bytes);
  *size = static_cast<sqlite3_int64>(bytes);
  return code(error, SQLITE_IOERR_FSTAT);
}

int lock_file(sqlite3_file* file, int level) {
  OpenFile& own = opened(file);
  return own.locks->lock(own.holder, level);
}
int unlock_file(sqlite3_file* file, int level) {
  OpenFile& own = opened(file);
  return own.locks->unlock(own.holder, level);
}
int check_reserved(sqlite3_file* file, int* reserved) {
  *reserved = opened(file).locks->reserved() ? 1 : 0;
  return SQLITE_OK;
}
int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
// As on Linux: a torn write leaves the bytes beside its range alone.
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_wal_index(sqlite3_file* file, int index, int size, int extend, void volatile** region) {
  *region = opened(file).locks->wal_region(index, size, extend != 0);
  return SQLITE_OK;
}
int lock_wal_index(sqlite3_file* file, int offset, int count, int flags) {
  OpenFile& own = opened(file);
  return own.locks->wal_lock(own.holder, offset, count, flags);
}
void wal_index_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }
int unmap_wal_index(sqlite3_file* file, int remove) {
  OpenFile& own = opened(file);
  if (remove != 0) own.locks->forget_wal_index();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,  // with shared memory, without memory mapping
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    file_size,
    lock_file,
    unlock_file,
    check_reserved,
    file_control,
    sector_size,
    device_characteristics,
    map_wal_index,
    lock_wal_index,
    wal_index_barrier,
    unmap_wal_index,
    nullptr,
    nullptr,
};

Err<StoreError> failed(const char* doing, const std::string& path, DiskError error) {
  const auto kind =
      error == DiskError::enospc ? StoreErrorKind::disk_low : StoreErrorKind::unavailable;
  return Err{StoreError{kind, "simulated disk: " + std::string(doing) + " " + path + " failed"}};
}

class FaultFiles final : public Files {
 public:
  explicit FaultFiles(FaultDisk& disk) : disk_(disk) {}

  StoreResult<void> make_directory(const std::string&) override { return {}; }

  StoreResult<std::unique_ptr<Lock>> lock_directory(const std::string&) override {
    return std::unique_ptr<Lock>(std::make_unique<Lock>());
  }

  StoreResult<std::uint64_t> size(const std::string& path) override {
    FaultDisk::FilePtr file;
    const DiskError opened = disk_.open(path, false, file);
    if (opened == DiskError::absent) return std::uint64_t{0};
    if (opened != DiskError::none) return failed("opening", path, opened);
    std::uint64_t size = 0;
    const DiskError error = disk_.size(file, size);
    if (error != DiskError::none) return failed("looking at", path, error);
    return size;
  }

  StoreResult<void> copy_to_new(const std::string& from, const std::string& to) override {
    if (auto removed = remove(to); !removed) return removed;
    FaultDisk::FilePtr source;
    FaultDisk::FilePtr target;
    DiskError error = disk_.open(from, false, source);
    if (error != DiskError::none) return failed("opening", from, error);
    error = disk_.open(to, true, target);
    if (error != DiskError::none) return failed("creating", to, error);
    constexpr std::size_t kPiece = 64 << 10;
    std::string piece;
    for (std::uint64_t at = 0;; at += piece.size()) {
      error = disk_.read(source, at, kPiece, piece);
      if (error != DiskError::none) return failed("reading", from, error);
      if (piece.empty()) break;
      error = disk_.write(target, at, piece);
      if (error != DiskError::none) return failed("writing", to, error);
    }
    error = disk_.sync(target);
    if (error != DiskError::none) return failed("syncing", to, error);
    return {};
  }

  StoreResult<void> rename(const std::string& from, const std::string& to) override {
    const DiskError error = disk_.rename(from, to);
    if (error != DiskError::none) return failed("renaming to", to, error);
    return {};
  }

  StoreResult<void> remove(const std::string& path) override {
    const DiskError error = disk_.remove(path);
    if (error != DiskError::none && error != DiskError::absent) {
      return failed("removing", path, error);
    }
    return {};
  }

  StoreResult<void> sync_file(const std::string& path) override {
    FaultDisk::FilePtr file;
    DiskError error = disk_.open(path, false, file);
    if (error == DiskError::none) error = disk_.sync(file);
    if (error != DiskError::none) return failed("syncing", path, error);
    return {};
  }

  StoreResult<void> sync_directory(const std::string& directory) override {
    const DiskError error = disk_.sync_directory(directory);
    if (error != DiskError::none) return failed("syncing", directory, error);
    return {};
  }

  StoreResult<std::uint64_t> free_bytes(const std::string&) override {
    return std::uint64_t{1} << 40;
  }

 private:
  FaultDisk& disk_;
};

}  // namespace

class FaultVfs::Impl {
 public:
  explicit Impl(FaultDisk& disk) : disk_(disk), files_(disk) {
    static std::atomic<int> made{0};
    name_ = "fault-" + std::to_string(++made);
    system_ = sqlite3_vfs_find(nullptr);
    vfs_.iVersion = 1;
    vfs_.szOsFile = static_cast<int>(sizeof(SqliteFile));
    vfs_.mxPathname = 512;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = &Impl::open;
    vfs_.xDelete = &Impl::remove;
    vfs_.xAccess = &Impl::access;
    vfs_.xFullPathname = &Impl::full_path;
    vfs_.xRandomness = [](sqlite3_vfs* vfs, int size, char* out) {
      return of(vfs).system_->xRandomness(of(vfs).system_, size, out);
    };
    vfs_.xSleep = [](sqlite3_vfs* vfs, int microseconds) {
      return of(vfs).system_->xSleep(of(vfs).system_, microseconds);
    };
    vfs_.xCurrentTime = [](sqlite3_vfs* vfs, double* out) {
      return of(vfs).system_->xCurrentTime(of(vfs).system_, out);
    };
    vfs_.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~Impl() { sqlite3_vfs_unregister(&vfs_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const std::string& name() const { return name_; }
  Files& files() { return files_; }

 private:
  static Impl& of(sqlite3_vfs* vfs) { return *static_cast<Impl*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags) {
    auto* own = reinterpret_cast<SqliteFile*>(file);
    own->base.pMethods = nullptr;
    Impl& self = of(vfs);
    if (path == nullptr) return SQLITE_CANTOPEN;  // temporary files are kept in memory
    const bool is_new = !self.disk_.exists(path);
    auto made = std::make_unique<OpenFile>();
    made->disk = &self.disk_;
    const DiskError error = self.disk_.open(path, (flags & SQLITE_OPEN_CREATE) != 0, made->file);
    if (error != DiskError::none) return code(error, SQLITE_CANTOPEN);
    if (is_new && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
      const std::string text(path);
      made->directory_to_sync = text.substr(0, text.rfind('/'));
    }
    made->locks = self.locks_of(made->file);
    own->open = made.release();
    own->base.pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    FaultDisk& disk = of(vfs).disk_;
    const DiskError error = disk.remove(path);
    if (error == DiskError::absent) return SQLITE_IOERR_DELETE_NOENT;
    if (error != DiskError::none) return SQLITE_IOERR_DELETE;
    if (sync_directory == 0) return SQLITE_OK;
    const std::string text(path);
    return code(disk.sync_directory(text.substr(0, text.rfind('/'))), SQLITE_IOERR_DIR_FSYNC);
  }

  static int access(sqlite3_vfs* vfs, const char* path, int, int* result) {
    *result = of(vfs).disk_.exists(path) ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
  }

  // The connections to one inode share its locks and its wal-index, while any is open.
  std::shared_ptr<FileLocks> locks_of(const FaultDisk::FilePtr& file) {
    const std::lock_guard lock(mutex_);
    std::erase_if(locks_, [](const auto& entry) { return entry.second.expired(); });
    std::shared_ptr<FileLocks> found = locks_[file.get()].lock();
    if (!found) {
      found = std::make_shared<FileLocks>();
      locks_[file.get()] = found;
    }
    return found;
  }

  FaultDisk& disk_;
  FaultFiles files_;
  std::string name_;
  sqlite3_vfs vfs_{};
  sqlite3_vfs* system_ = nullptr;
  std::mutex mutex_;
  std::map<const void*, std::weak_ptr<FileLocks>> locks_;  // guarded by mutex_
};

FaultVfs::FaultVfs(FaultDisk& disk) : impl_(std::make_unique<Impl>(disk)) {}
FaultVfs::~FaultVfs() = default;
const std::string& FaultVfs::name() const { return impl_->name(); }
Files& FaultVfs::files() { return impl_->files(); }

}  // namespace pim::store::sqlite
