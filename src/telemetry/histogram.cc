#include "telemetry/histogram.h"

#include <algorithm>
#include <numeric>
#include <thread>

namespace pim::telemetry {

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds),
      counts_(new std::atomic<std::uint64_t>[bounds.size() + 1] {}),
      exemplars_(new Slot[bounds.size() + 1]) {}

void Histogram::observe(double value, const TraceContext* kept) noexcept {
  value = value > 0 ? value : 0;
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  const auto bucket = static_cast<std::size_t>(bound - bounds_.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_nano_.fetch_add(static_cast<std::uint64_t>(value * 1e9), std::memory_order_relaxed);
  if (kept == nullptr) return;
  Slot& slot = exemplars_[bucket];
  if (slot.taken.test_and_set(std::memory_order_acquire)) return;
  slot.exemplar = {*kept, value, std::chrono::system_clock::now()};
  slot.filled = true;
  slot.taken.clear(std::memory_order_release);
}

std::optional<Histogram::Exemplar> Histogram::exemplar(std::size_t bucket) const {
  const Slot& slot = exemplars_[bucket];
  while (slot.taken.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  std::optional<Exemplar> copy;
  if (slot.filled) copy = slot.exemplar;
  slot.taken.clear(std::memory_order_release);
  return copy;
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot copy{
      bounds_, {}, {}, static_cast<double>(sum_nano_.load(std::memory_order_relaxed)) / 1e9};
  for (std::size_t bucket = 0; bucket <= bounds_.size(); ++bucket) {
    copy.counts.push_back(counts_[bucket].load(std::memory_order_relaxed));
    copy.exemplars.push_back(exemplar(bucket));
  }
  return copy;
}

std::uint64_t Histogram::Snapshot::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace pim::telemetry
