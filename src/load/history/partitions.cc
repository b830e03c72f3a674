#include "load/history/partitions.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace pim::load {

Result<void, std::string> SpillFile::append(const void* data, std::size_t size) {
  if (!file_) {
    std::error_code ignored;
    auto directory = std::filesystem::temp_directory_path(ignored);
    if (directory.empty()) directory = ".";
    std::string pattern = (directory / "pim-check-XXXXXX").string();
    file_ = Fd(::mkostemp(pattern.data(), O_CLOEXEC));
    if (!file_) return Err{system_error("a temporary file in " + directory.string(), errno)};
    ::unlink(pattern.c_str());
  }
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const auto wrote = ::write(file_.get(), bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      return Err{system_error("a temporary file of the check (TMPDIR says where)", errno)};
    }
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
    size_ += static_cast<std::size_t>(wrote);
  }
  return {};
}

Result<void, std::string> SpillFile::read(void* data) const {
  auto* bytes = static_cast<char*>(data);
  for (std::size_t done = 0; done < size_;) {
    const auto got = ::pread(file_.get(), bytes + done, size_ - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Err{system_error("reading a temporary file of the check", errno)};
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace pim::load
