#include "load/run/self_watch.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

namespace pim::load {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// A tick right after the beginning says nothing.
constexpr auto kShortTick = std::chrono::milliseconds(500);

nanoseconds thread_cpu_time() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + nanoseconds(spent.tv_nsec);
}

// Ready to run while another thread ran; 0 where the kernel does not count it.
nanoseconds run_queue_time() {
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t ran = 0;
  std::int64_t waited = 0;
  return file >> ran >> waited ? nanoseconds(waited) : nanoseconds(0);
}

double share_of(nanoseconds part, steady_clock::duration whole) {
  return whole.count() > 0 ? static_cast<double>(part.count()) / static_cast<double>(whole.count())
                           : 0;
}

std::string share_text(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100);
  return text;
}

}  // namespace

void SelfWatch::begin() {
  busiest_ = 0;
  ticks_ = 0;
  busy_ticks_ = 0;
  began_ = ticked_ = steady_clock::now();
  cpu_at_begin_ = cpu_at_tick_ = thread_cpu_time();
  waited_at_begin_ = run_queue_time();
}

double SelfWatch::tick() {
  const auto now = steady_clock::now();
  const auto cpu = thread_cpu_time();
  const double share = share_of(cpu - cpu_at_tick_, now - ticked_);
  const bool whole = now - ticked_ > kShortTick;
  ticked_ = now;
  cpu_at_tick_ = cpu;
  if (!whole) return share;
  busiest_ = std::max(busiest_, share);
  ++ticks_;
  if (share > limits_.cpu) ++busy_ticks_;
  return share;
}

void SelfWatch::finish(std::uint64_t attempts, GeneratorResult& result) {
  const auto cpu = thread_cpu_time() - cpu_at_begin_;
  result.cpu = share_of(cpu, steady_clock::now() - began_);
  result.busiest_cpu = std::max(busiest_, result.cpu);
  result.cpu_wait = run_queue_time() - waited_at_begin_;
  result.cpu_micros_per_attempt =
      attempts > 0 ? static_cast<double>(cpu.count()) / 1000 / static_cast<double>(attempts) : 0;

  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  if (const double late = share(late_, lag_.count()); late > limits_.late_share) {
    result.bottlenecks.push_back(
        share_text(late) + " of the arrivals were taken up more than " +
        std::to_string(limits_.late.count()) + " ms after their intended start (at most " +
        share_text(limits_.late_share) + " may be): the generator had no processor for them");
  }
  if (const double busy = share(busy_ticks_, ticks_);
      result.cpu > limits_.cpu || busy > limits_.busy_share) {
    result.bottlenecks.push_back("the generator's thread used " + share_text(result.cpu) +
                                 " of a processor, and more than " + share_text(limits_.cpu) +
                                 " in " + share_text(busy) +
                                 " of the seconds: it was at its limit");
  }
  result.lag = lag_;
}

}  // namespace pim::load
