#include "telemetry/sampler.h"

#include <algorithm>
#include <cmath>

namespace pim::telemetry {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t interval_of(double rate) {
  if (!(rate > 0)) return 0;
  return std::max<std::int64_t>(1, std::llround(static_cast<double>(kSecond) / rate));
}

std::uint64_t threshold_of(double share) {
  if (!(share > 0)) return 0;
  if (share >= 1) return UINT64_MAX;
  return static_cast<std::uint64_t>(std::ldexp(share, 64));
}

// W3C Trace Context Level 2 calls the last seven bytes random; the first may be a time.
std::uint64_t random_part(const TraceContext& trace) {
  std::uint64_t bits = 0;
  for (std::size_t i = 8; i < 16; ++i) bits = (bits << 8U) | trace.trace_id[i];
  return bits << 8U;
}

}  // namespace

Sampler::Sampler(const SamplerOptions& options)
    : interval_ns_(interval_of(options.rate)), threshold_(threshold_of(options.share)) {}

// The generic cell rate algorithm (ITU-T I.371), with a second's worth of burst: `next_ns_` is when
// the next trace were due, if they came evenly.
bool Sampler::within_rate(Time now) {
  if (interval_ns_ == 0) return false;
  const std::int64_t at = now.time_since_epoch().count();
  std::int64_t next = next_ns_.load(std::memory_order_relaxed);
  while (true) {
    const std::int64_t due = std::max(next, at);
    if (due - at > std::max<std::int64_t>(0, kSecond - interval_ns_)) return false;
    if (next_ns_.compare_exchange_weak(next, due + interval_ns_, std::memory_order_relaxed)) {
      return true;
    }
  }
}

bool Sampler::keep(const TraceContext& trace, Time now) {
  asked_.fetch_add(1, std::memory_order_relaxed);
  const bool of_share = threshold_ == UINT64_MAX || random_part(trace) < threshold_;
  const bool keep = of_share || within_rate(now);
  if (keep) kept_.fetch_add(1, std::memory_order_relaxed);
  return keep;
}

}  // namespace pim::telemetry
