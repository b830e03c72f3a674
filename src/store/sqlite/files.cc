#include "store/sqlite/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "store/sqlite/descriptor.h"
#include "store/sqlite/directory_lock.h"

namespace pim::store::sqlite {
namespace {

Err<StoreError> failed(const char* doing, const std::string& path, int code = errno) {
  const auto kind =
      code == ENOSPC || code == EDQUOT ? StoreErrorKind::disk_low : StoreErrorKind::unavailable;
  return Err{StoreError{
      kind, std::string(doing) + " " + path + ": " + std::generic_category().message(code)}};
}

StoreResult<void> sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file) return failed("opening", path);
  if (::fsync(file.get()) != 0) return failed("syncing", path);
  return {};
}

class PosixFiles final : public Files {
 public:
  StoreResult<void> make_directory(const std::string& directory) override {
    namespace fs = std::filesystem;
    fs::path made;
    for (const fs::path& part : fs::path(directory)) {
      const fs::path parent = made.empty() ? "." : made;
      made /= part;
      if (::mkdir(made.c_str(), 0700) == 0) {
        if (auto synced = sync_directory(parent.string()); !synced) return synced;
      } else if (errno != EEXIST) {
        return failed("creating", made.string());
      }
    }
    std::error_code code;
    if (!fs::is_directory(directory, code)) return failed("creating", directory, ENOTDIR);
    return {};
  }

  StoreResult<std::unique_ptr<Lock>> lock_directory(const std::string& directory) override {
    auto lock = DirectoryLock::take(directory);
    if (!lock) return Err{lock.error()};
    return std::unique_ptr<Lock>(std::move(*lock));
  }

  StoreResult<std::uint64_t> size(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0) return static_cast<std::uint64_t>(info.st_size);
    if (errno == ENOENT) return std::uint64_t{0};
    return failed("looking at", path);
  }

  StoreResult<void> copy_to_new(const std::string& from, const std::string& to) override {
    if (auto removed = remove(to); !removed) return removed;
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source) return failed("opening", from);
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target) return failed("creating", to);
    std::vector<char> buffer(std::size_t{1} << 20);
    while (true) {
      const ssize_t got = ::read(source.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed("reading", from);
      if (got == 0) break;
      for (ssize_t sent = 0; sent < got;) {
        const ssize_t wrote =
            ::write(target.get(), buffer.data() + sent, static_cast<std::size_t>(got - sent));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return failed("writing", to);
        sent += wrote;
      }
    }
    if (::fsync(target.get()) != 0) return failed("syncing", to);
    return {};
  }

  StoreResult<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return failed("renaming to", to);
    return {};
  }

  StoreResult<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
    return {};
  }

  StoreResult<void> sync_file(const std::string& path) override {
    return sync_path(path, O_RDONLY);
  }
  StoreResult<void> sync_directory(const std::string& directory) override {
    return sync_path(directory, O_RDONLY | O_DIRECTORY);
  }

  StoreResult<std::uint64_t> free_bytes(const std::string& directory) override {
    struct statvfs info{};
    if (::statvfs(directory.c_str(), &info) != 0) return failed("looking at", directory);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  }
};

}  // namespace

Files& posix_files() {
  static PosixFiles files;
  return files;
}

}  // namespace pim::store::sqlite
