// The file through which a process's wall clock is stepped: eight bytes, the nanoseconds that are
// added to it, in this machine's byte order. Both sides map it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace pim::chaos {

using ClockOffset = std::atomic<std::int64_t>;
static_assert(sizeof(ClockOffset) == sizeof(std::int64_t) && ClockOffset::is_always_lock_free);

// Null where that cannot be. It is never unmapped by who reads the clock.
inline ClockOffset* map_clock_page(const char* file, int flags) {
  const int fd = ::open(file, flags | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return nullptr;
  void* page = MAP_FAILED;
  if (::ftruncate(fd, sizeof(ClockOffset)) == 0) {
    page = ::mmap(nullptr, sizeof(ClockOffset), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  ::close(fd);
  return page == MAP_FAILED ? nullptr : static_cast<ClockOffset*>(page);
}

}  // namespace pim::chaos
