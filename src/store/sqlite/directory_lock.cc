#include "store/sqlite/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace pim::store::sqlite {
namespace {

Err<StoreError> unavailable(std::string message) {
  return Err{StoreError{StoreErrorKind::unavailable, std::move(message)}};
}

std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  std::string_view pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  pid = pid.substr(0, pid.find('\n'));
  return pid.empty() ? "another process" : "process " + std::string(pid);
}

}  // namespace

StoreResult<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::string& directory) {
  const std::string path = directory + "/lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return unavailable("opening " + path + ": " + std::generic_category().message(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return unavailable("locking " + path + ": " + std::generic_category().message(errno));
    }
    return unavailable(directory + " is in use by " + holder(file.get()) +
                       "; stop it, or use another directory");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The pid only helps whoever is refused; the lock holds without it.
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return unavailable("writing " + path + ": " + std::generic_category().message(errno));
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(std::move(file)));
}

bool DirectoryLock::is_held(const std::string& directory) {
  const Descriptor file(::open((directory + "/lock").c_str(), O_RDWR | O_CLOEXEC));
  return file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace pim::store::sqlite
