#include "telemetry/thread_timers.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace pim::telemetry {
namespace {

// The kernel's name for the CPU clock of a thread: what pthread_getcpuclockid makes of a pthread_t
// and we need of a thread id.
clockid_t cpu_clock_of(pid_t thread) {
  constexpr unsigned kOneThread = 4;
  constexpr unsigned kScheduled = 2;  // as the scheduler accounts it, to the nanosecond
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | kOneThread | kScheduled);
}

timespec timespec_of(std::chrono::nanoseconds time) {
  return {static_cast<time_t>(time.count() / 1'000'000'000),
          static_cast<long>(time.count() % 1'000'000'000)};
}

}  // namespace

void ThreadTimers::take_census() {
  ++census_;
  std::error_code problem;
  for (std::filesystem::directory_iterator entry("/proc/self/task", problem), end;
       !problem && entry != end; entry.increment(problem)) {
    const auto thread = static_cast<pid_t>(std::atoi(entry->path().filename().c_str()));
    const auto known = timers_.find(thread);
    if (known != timers_.end()) {
      known->second.census = census_;
    } else {
      arm(thread);
    }
  }
  std::erase_if(timers_, [this](const auto& each) {
    if (each.second.census == census_) return false;
    ::timer_delete(each.second.id);
    return true;
  });
}

void ThreadTimers::arm(pid_t thread) {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event._sigev_un._tid = thread;
  timer_t timer{};
  if (::timer_create(cpu_clock_of(thread), &event, &timer) != 0) return;  // it has ended
  // A random first period: else threads that live shorter than one would never be seen.
  std::uniform_int_distribution<std::int64_t> first(1, period_.count());
  const itimerspec times{timespec_of(period_),
                         timespec_of(std::chrono::nanoseconds(first(random_)))};
  if (::timer_settime(timer, 0, &times, nullptr) != 0) {
    ::timer_delete(timer);
    return;
  }
  timers_[thread] = {timer, census_};
}

void ThreadTimers::disarm() {
  for (const auto& [thread, timer] : timers_) ::timer_delete(timer.id);
  timers_.clear();
}

}  // namespace pim::telemetry
