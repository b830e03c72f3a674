#include "cli/stop_signals.h"

#include <algorithm>
#include <cerrno>

namespace pim::cli {

StopSignals::StopSignals() {
  ::sigemptyset(&set_);
  ::sigaddset(&set_, SIGTERM);
  ::sigaddset(&set_, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

bool StopSignals::wait(std::chrono::nanoseconds timeout) const {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + timeout;
  while (true) {
    const auto left = std::max(std::chrono::nanoseconds(0),
                               std::chrono::nanoseconds(until - steady_clock::now()));
    const timespec limit{static_cast<time_t>(left.count() / 1'000'000'000),
                         static_cast<long>(left.count() % 1'000'000'000)};
    if (::sigtimedwait(&set_, nullptr, &limit) > 0) return true;
    if (errno == EAGAIN) return false;
  }
}

}  // namespace pim::cli
