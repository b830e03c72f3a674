// Linked into pim-planted only: its wall clock is the machine's and what PIM_PLANTED_CLOCK says.
// Every reading of it goes through these two, wherever in the process it is made.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "chaos/clock/clock_page.h"

namespace {

constexpr long kSecond = 1'000'000'000;

pim::chaos::ClockOffset* map_named_page() {
  const char* file = std::getenv("PIM_PLANTED_CLOCK");
  if (file == nullptr || *file == '\0') return nullptr;
  auto* const page = pim::chaos::map_clock_page(file, O_CREAT);
  if (page == nullptr) {
    std::fprintf(stderr, "PIM_PLANTED_CLOCK: cannot map %s\n", file);
    std::exit(2);
  }
  return page;
}

}  // namespace

// The kernel's answer, without the library's page of time: a test binary has the time.
extern "C" int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  static pim::chaos::ClockOffset* const offset = map_named_page();
  const long result = ::syscall(SYS_clock_gettime, clock, time);
  if (result != 0 || clock != CLOCK_REALTIME || offset == nullptr) return static_cast<int>(result);
  const std::int64_t wall = time->tv_sec * kSecond + time->tv_nsec + offset->load();
  time->tv_sec = wall / kSecond;
  time->tv_nsec = wall % kSecond;
  return 0;
}

extern "C" time_t time(time_t* out) noexcept {
  struct timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
