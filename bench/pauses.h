// What an open-loop client of bench/paused_server must see, by calculation: no clock, no socket.
//
// The model: a request's service begins when it arrives, or at the end of the pause that it arrives
// in; its reply leaves when the service time has passed, or at the end of the pause that this falls
// into. Requests do not wait for each other.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace pim::bench {

// The server stood still in [from, to).
struct Pause {
  std::chrono::nanoseconds from{0};
  std::chrono::nanoseconds to{0};
};

// Service times spread evenly over [shortest, longest]: any few dozen requests in a row have all of
// them, whatever their order.
struct ServiceTimes {
  std::chrono::nanoseconds shortest{0};
  std::chrono::nanoseconds longest{0};
  // Of the n-th request to arrive, from 0.
  std::chrono::nanoseconds of(std::uint64_t n) const;
  std::chrono::nanoseconds mean() const { return (shortest + longest) / 2; }
};

// Request i is intended at start + i / rate, for all that are before start + duration.
struct ConstantSchedule {
  std::chrono::nanoseconds start{0};
  double rate = 0;  // a second
  std::chrono::nanoseconds duration{0};
  std::uint64_t requests() const;
  std::chrono::nanoseconds intended(std::uint64_t i) const;
};

// When the reply to a request leaves that arrives at `arrival`. `pauses` ascend and do not overlap.
std::chrono::nanoseconds reply_time(std::chrono::nanoseconds arrival,
                                    std::chrono::nanoseconds service,
                                    const std::vector<Pause>& pauses);

// The latency of every request of the schedule, ascending.
std::vector<std::chrono::nanoseconds> true_latencies(const ConstantSchedule& schedule,
                                                     const ServiceTimes& services,
                                                     const std::vector<Pause>& pauses);

// The smallest value that at least `percent` % of the values do not exceed; 0 where there is none.
// `ascending` is sorted.
std::chrono::nanoseconds percentile_of(const std::vector<std::chrono::nanoseconds>& ascending,
                                       double percent);

}  // namespace pim::bench
