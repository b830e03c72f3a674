#include "cli/prove/interrupt.h"

#include <algorithm>
#include <csignal>
#include <thread>

namespace pim::cli::prove {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t interrupt_came = 0;

extern "C" void note_interrupt(int) { interrupt_came = 1; }

}  // namespace

void watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interrupt_came != 0; }

bool sleep_unless_interrupted(std::chrono::steady_clock::time_point until) {
  using std::chrono::steady_clock;
  while (steady_clock::now() < until) {
    if (interrupted()) return false;
    std::this_thread::sleep_until(
        std::min(until, steady_clock::now() + std::chrono::milliseconds(50)));
  }
  return !interrupted();
}

}  // namespace pim::cli::prove
