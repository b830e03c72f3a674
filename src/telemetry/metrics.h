// The metric registry: series are bound once and are plain atomics afterwards (a few nanoseconds an
// update, any thread). Rendered as OpenMetrics 1.0 text. Names, units, labels and meanings stand in
// one list (metric_names.h) that a golden test pins.
//
// Cardinality is bounded here, whatever a caller does: a series with other labels than its family
// declares, or beyond the family's most, is refused, and counted.
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

#include "telemetry/histogram.h"

namespace pim::telemetry {

class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

enum class MetricType : std::uint8_t { counter, gauge, histogram };
std::string_view to_string(MetricType type);

// One family: what it is called, in which unit, by what it is told apart, and what it means.
struct MetricInfo {
  std::string_view name;  // without the _total of a counter
  MetricType type = MetricType::counter;
  std::string_view unit;  // the name's end; empty where there is none
  std::string_view help;
  std::array<std::string_view, 4> labels{};         // in this order; the rest is empty
  std::size_t most_series = 1024;                   // beyond it new ones are refused
  std::span<const double> bounds = kSecondsBounds;  // of a histogram

  std::span<const std::string_view> label_names() const;
};

using Labels = std::vector<std::pair<std::string, std::string>>;
struct Sample {
  Labels labels;
  double value = 0;
  std::optional<Histogram::Snapshot> histogram = std::nullopt;  // instead of the value
};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The returned series lives as long as the registry. Binding the same labels twice returns the
  // same. A refused one counts on, but is not shown.
  Counter& counter(const MetricInfo& info, const Labels& labels = {});
  Histogram& histogram(const MetricInfo& info, const Labels& labels = {});
  // Values that live elsewhere, read at each scrape. Must be quick.
  void collect(const MetricInfo& info, std::function<std::vector<Sample>()> read);
  // Called at each scrape, before anything is read.
  void prepare(std::function<void()> prepare);

  // Ends with `# EOF`. A histogram's series shows from its first value on.
  std::string render() const;

  struct Scrape {
    double seconds = 0;        // that it took
    std::uint64_t series = 0;  // sample lines
  };
  Scrape last_scrape() const;  // the newest that has ended
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  struct Family;
  Family& family(const MetricInfo& info);
  bool takes(const MetricInfo& info, const Labels& labels, std::size_t series) const;

  mutable std::mutex mutex_;  // guards the two below
  std::vector<std::unique_ptr<Family>> families_;
  std::vector<std::function<void()>> preparations_;

  mutable std::atomic<std::uint64_t> refused_{0};
  mutable std::atomic<std::uint64_t> scrape_nanos_{0};
  mutable std::atomic<std::uint64_t> scrape_series_{0};
};

}  // namespace pim::telemetry
