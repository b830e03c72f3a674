// A directory that goes away with its test; in memory where the system offers that, because what
// tests say about disks they say with a simulated one.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace pim::store::sqlite {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code absent;
    const bool in_memory = std::filesystem::is_directory("/dev/shm", absent);
    const auto parent =
        in_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    path_ = (parent / "pim-store-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pim::store::sqlite
