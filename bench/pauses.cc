#include "pauses.h"

#include <algorithm>
#include <cmath>

namespace pim::bench {

using std::chrono::nanoseconds;

nanoseconds ServiceTimes::of(std::uint64_t n) const {
  // Weyl's sequence with the golden ratio: its fractions fill [0, 1) evenly from the first one on.
  const auto fraction = static_cast<std::uint32_t>((n * 0x9E3779B97F4A7C15ULL) >> 32U);
  return shortest + nanoseconds(static_cast<std::int64_t>(
                        static_cast<double>((longest - shortest).count()) * fraction / 0x1p32));
}

std::uint64_t ConstantSchedule::requests() const {
  auto count = static_cast<std::uint64_t>(std::chrono::duration<double>(duration).count() * rate);
  while (intended(count) < start + duration) ++count;
  while (count > 0 && intended(count - 1) >= start + duration) --count;
  return count;
}

nanoseconds ConstantSchedule::intended(std::uint64_t i) const {
  return start + nanoseconds(static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / rate));
}

nanoseconds reply_time(nanoseconds arrival, nanoseconds service, const std::vector<Pause>& pauses) {
  // Later than `time` by as much as the server stands still then.
  const auto awake = [&pauses](nanoseconds time) {
    const auto next =
        std::upper_bound(pauses.begin(), pauses.end(), time,
                         [](nanoseconds value, const Pause& pause) { return value < pause.from; });
    return next == pauses.begin() ? time : std::max(time, std::prev(next)->to);
  };
  return awake(awake(arrival) + service);
}

std::vector<nanoseconds> true_latencies(const ConstantSchedule& schedule,
                                        const ServiceTimes& services,
                                        const std::vector<Pause>& pauses) {
  std::vector<nanoseconds> latencies(schedule.requests());
  for (std::uint64_t i = 0; i < latencies.size(); ++i) {
    const auto intended = schedule.intended(i);
    latencies[i] = reply_time(intended, services.of(i), pauses) - intended;
  }
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

nanoseconds percentile_of(const std::vector<nanoseconds>& ascending, double percent) {
  if (ascending.empty()) return nanoseconds(0);
  // Less a hair: 99.9 % of 1,000 values are 999, whatever the doubles make of it.
  const double rank = percent * static_cast<double>(ascending.size()) / 100 * (1 - 1e-12);
  const auto wanted = static_cast<std::size_t>(std::max(1.0, std::ceil(rank)));
  return ascending[std::min(wanted, ascending.size()) - 1];
}

}  // namespace pim::bench
