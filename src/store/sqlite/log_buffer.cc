#include "store/sqlite/log_buffer.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <utility>

namespace pim::store::sqlite {
namespace {

constexpr std::size_t kMostBuffered = std::size_t{4} << 20;   // bytes
constexpr std::size_t kLargestWrite = std::size_t{64} << 10;  // SQLite's VFS cuts at 128 KiB - 1

// The log behind its buffer: bytes that stand at `offset`, and have not been written yet.
struct BufferedLog {
  sqlite3_file* real = nullptr;
  telemetry::Histogram* syncs = nullptr;
  std::string bytes;
  sqlite3_int64 offset = 0;

  int flush() {
    int rc = SQLITE_OK;
    for (std::size_t at = 0; at < bytes.size() && rc == SQLITE_OK; at += kLargestWrite) {
      const std::size_t size = std::min(kLargestWrite, bytes.size() - at);
      rc = real->pMethods->xWrite(real, bytes.data() + at, static_cast<int>(size),
                                  offset + static_cast<sqlite3_int64>(at));
    }
    // Also where it failed: SQLite gives the commit up, and the store leaves service.
    bytes.clear();
    return rc;
  }

  int write(const void* data, int size, sqlite3_int64 at) {
    const auto length = static_cast<std::size_t>(size);
    const auto end = offset + static_cast<sqlite3_int64>(bytes.size());
    const bool within = !bytes.empty() && at >= offset && at + size <= end;
    if (within) {  // a frame's checksum is written again where its page changed once more
      std::memcpy(bytes.data() + (at - offset), data, length);
      return SQLITE_OK;
    }
    if (!bytes.empty() && (at != end || bytes.size() + length > kMostBuffered)) {
      if (const int rc = flush(); rc != SQLITE_OK) return rc;
    }
    if (bytes.empty()) offset = at;
    bytes.append(static_cast<const char*>(data), length);
    return SQLITE_OK;
  }
};

// What SQLite allocates for a log; the underlying VFS's file follows it.
struct LogFile {
  sqlite3_file base;
  BufferedLog* log;
};

BufferedLog& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file)->log; }

// Everything but a write sees the file as if nothing had been gathered.
template <class Call>
int after_flush(sqlite3_file* file, Call call) {
  BufferedLog& log = log_of(file);
  const int rc = log.flush();
  return rc == SQLITE_OK ? call(log.real) : rc;
}

int close_log(sqlite3_file* file) {
  BufferedLog& log = log_of(file);
  const int flushed = log.flush();
  const int closed = log.real->pMethods->xClose(log.real);
  delete std::exchange(reinterpret_cast<LogFile*>(file)->log, nullptr);
  return flushed == SQLITE_OK ? closed : flushed;
}
int write_log(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  return log_of(file).write(data, size, offset);
}
int read_log(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return after_flush(
      file, [&](sqlite3_file* real) { return real->pMethods->xRead(real, out, size, offset); });
}
int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
  return after_flush(file,
                     [&](sqlite3_file* real) { return real->pMethods->xTruncate(real, size); });
}
int sync_log(sqlite3_file* file, int flags) {
  return after_flush(file, [&](sqlite3_file* real) {
    const auto started = std::chrono::steady_clock::now();
    const int rc = real->pMethods->xSync(real, flags);
    log_of(file).syncs->observe(std::chrono::steady_clock::now() - started);
    return rc;
  });
}
int size_of_log(sqlite3_file* file, sqlite3_int64* size) {
  return after_flush(file,
                     [&](sqlite3_file* real) { return real->pMethods->xFileSize(real, size); });
}
int lock_log(sqlite3_file* file, int level) {
  return log_of(file).real->pMethods->xLock(log_of(file).real, level);
}
int unlock_log(sqlite3_file* file, int level) {
  return log_of(file).real->pMethods->xUnlock(log_of(file).real, level);
}
int check_reserved(sqlite3_file* file, int* reserved) {
  return log_of(file).real->pMethods->xCheckReservedLock(log_of(file).real, reserved);
}
int control_log(sqlite3_file* file, int operation, void* argument) {
  return after_flush(file, [&](sqlite3_file* real) {
    return real->pMethods->xFileControl(real, operation, argument);
  });
}
int sector_size(sqlite3_file* file) {
  return log_of(file).real->pMethods->xSectorSize(log_of(file).real);
}
int characteristics(sqlite3_file* file) {
  return log_of(file).real->pMethods->xDeviceCharacteristics(log_of(file).real);
}

constexpr sqlite3_io_methods kMethods = {
    1,        close_log,  read_log,       write_log,   truncate_log, sync_log,        size_of_log,
    lock_log, unlock_log, check_reserved, control_log, sector_size,  characteristics, nullptr,
    nullptr,  nullptr,    nullptr,        nullptr,     nullptr,
};

// What the VFS is over, and whom it tells of its syncs.
struct Below {
  sqlite3_vfs* base = nullptr;
  telemetry::Histogram* syncs = nullptr;
};
const Below& below(const sqlite3_vfs* vfs) { return *static_cast<const Below*>(vfs->pAppData); }
sqlite3_vfs* base_of(const sqlite3_vfs* vfs) { return below(vfs).base; }

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* base = base_of(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, path, file, flags, out_flags);
  auto* own = reinterpret_cast<LogFile*>(file);
  auto* real = reinterpret_cast<sqlite3_file*>(own + 1);
  own->base.pMethods = nullptr;
  const int rc = base->xOpen(base, path, real, flags, out_flags);
  if (rc != SQLITE_OK) {
    if (real->pMethods != nullptr) real->pMethods->xClose(real);
    return rc;
  }
  own->log = new BufferedLog;
  own->log->real = real;
  own->log->syncs = below(vfs).syncs;
  own->base.pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

struct LogBuffer::Vfs {
  std::string name;
  Below below;
  sqlite3_vfs vfs{};
};

LogBuffer::LogBuffer(const std::string& base_vfs, telemetry::Histogram& syncs)
    : vfs_(std::make_unique<Vfs>()) {
  static std::atomic<unsigned> made{0};
  sqlite3_vfs* base = sqlite3_vfs_find(base_vfs.empty() ? nullptr : base_vfs.c_str());
  vfs_->name = std::string(base->zName) + "-gathering-" + std::to_string(++made);
  sqlite3_vfs& vfs = vfs_->vfs;
  vfs = *base;  // what is not overridden goes to the base's functions ...
  vfs.pNext = nullptr;
  vfs.zName = vfs_->name.c_str();
  vfs_->below = {base, &syncs};
  vfs.pAppData = &vfs_->below;
  vfs.szOsFile = static_cast<int>(sizeof(LogFile)) + base->szOsFile;
  vfs.xOpen = open_file;
  // ... with the base itself, which may look at its own pAppData.
  vfs.xDelete = [](sqlite3_vfs* v, const char* path, int sync) {
    return base_of(v)->xDelete(base_of(v), path, sync);
  };
  vfs.xAccess = [](sqlite3_vfs* v, const char* path, int flags, int* out) {
    return base_of(v)->xAccess(base_of(v), path, flags, out);
  };
  vfs.xFullPathname = [](sqlite3_vfs* v, const char* path, int size, char* out) {
    return base_of(v)->xFullPathname(base_of(v), path, size, out);
  };
  vfs.xRandomness = [](sqlite3_vfs* v, int size, char* out) {
    return base_of(v)->xRandomness(base_of(v), size, out);
  };
  vfs.xSleep = [](sqlite3_vfs* v, int microseconds) {
    return base_of(v)->xSleep(base_of(v), microseconds);
  };
  vfs.xCurrentTime = [](sqlite3_vfs* v, double* out) {
    return base_of(v)->xCurrentTime(base_of(v), out);
  };
  vfs.xGetLastError = [](sqlite3_vfs* v, int size, char* out) {
    return base_of(v)->xGetLastError(base_of(v), size, out);
  };
  vfs.iVersion = 1;
  sqlite3_vfs_register(&vfs, 0);
}

LogBuffer::~LogBuffer() { sqlite3_vfs_unregister(&vfs_->vfs); }

const std::string& LogBuffer::vfs() const { return vfs_->name; }

}  // namespace pim::store::sqlite
