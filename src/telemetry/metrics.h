// The metric registry: series are bound once and are plain atomics afterwards (a few nanoseconds an
// update, any thread). Rendered as OpenMetrics 1.0 text. Names, units and meanings stand in one
// list (metric_names.h) that a golden test pins.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/trace.h"

namespace pim::telemetry {

class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Seconds, in fixed buckets from 100 us to 10 s.
class Histogram {
 public:
  static constexpr std::array<double, 16> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                     0.01,   0.015,   0.03,   0.05,  0.1,    0.25,
                                                     0.5,    1,       2.5,    10};
  void observe(double seconds) noexcept { observe(seconds, nullptr); }
  // With a trace that is kept: the newest of each bucket is its exemplar.
  void observe(double seconds, const TraceContext* kept) noexcept;
  std::array<std::uint64_t, kBounds.size() + 1> counts() const noexcept;  // not cumulative
  double sum() const noexcept;

  struct Exemplar {
    TraceContext trace;
    double value = 0;
    std::chrono::system_clock::time_point at;
  };
  std::optional<Exemplar> exemplar(std::size_t bucket) const noexcept;

 private:
  // Held for a copy; a writer that finds it taken leaves its exemplar out.
  struct Slot {
    mutable std::atomic_flag taken = ATOMIC_FLAG_INIT;
    bool filled = false;
    Exemplar exemplar;
  };

  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
  std::array<Slot, kBounds.size() + 1> exemplars_{};
};

enum class MetricType { counter, gauge, histogram };

// One family: what it is called, in which unit, and what it means.
struct MetricInfo {
  std::string_view name;  // without the _total of a counter
  MetricType type;
  std::string_view unit;  // empty where there is none
  std::string_view help;
};

using Labels = std::vector<std::pair<std::string, std::string>>;
struct Sample {
  Labels labels;
  double value = 0;
};

class Registry {
 public:
  // The returned series lives as long as the registry. Binding the same labels twice returns the
  // same.
  Counter& counter(const MetricInfo& info, Labels labels = {});
  Histogram& histogram(const MetricInfo& info, Labels labels = {});
  // Values that live elsewhere, read at each scrape. Must be thread-safe and quick.
  void collect(const MetricInfo& info, std::function<std::vector<Sample>()> read);

  std::string render() const;  // ends with `# EOF`

 private:
  struct Family;
  Family& family(const MetricInfo& info);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;

 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
};

}  // namespace pim::telemetry
