#include "audit/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "store/sqlite/descriptor.h"

namespace pim::audit {

DiskReserve::DiskReserve(std::string path, std::uint64_t bytes)
    : path_(std::move(path)), bytes_(bytes) {
  take();
}

void DiskReserve::release() {
  std::remove(path_.c_str());
  held_ = false;
}

void DiskReserve::take() {
  if (held_ || bytes_ == 0) return;
  std::error_code error;
  if (std::filesystem::file_size(path_, error) == bytes_ && !error) {
    held_ = true;
    return;
  }
  const auto space = std::filesystem::space(std::filesystem::path(path_).parent_path(), error);
  if (error || space.available < 3 * bytes_) return;
  const store::sqlite::Descriptor file(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  held_ = file && ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes_)) == 0;
  if (!held_) std::remove(path_.c_str());
}

}  // namespace pim::audit
