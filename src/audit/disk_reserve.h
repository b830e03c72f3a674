// Disk space set aside, to be given up when nothing else is left.
#pragma once

#include <cstdint>
#include <string>

namespace pim::audit {

// Not thread-safe.
class DiskReserve {
 public:
  DiskReserve(std::string path, std::uint64_t bytes);
  // The file goes; the space is free again.
  void release();
  bool held() const { return held_; }
  // Takes the space again, but only where twice as much would still be left.
  void take();

 private:
  const std::string path_;
  const std::uint64_t bytes_;
  bool held_ = false;
};

}  // namespace pim::audit
