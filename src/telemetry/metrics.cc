#include "telemetry/metrics.h"

#include <algorithm>
#include <map>

#include "telemetry/open_metrics.h"

namespace pim::telemetry {

std::string_view to_string(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "unknown";
}

std::span<const std::string_view> MetricInfo::label_names() const {
  const auto end = std::ranges::find_if(labels, &std::string_view::empty);
  return {labels.data(), static_cast<std::size_t>(end - labels.begin())};
}

struct Registry::Family {
  MetricInfo info;
  std::map<Labels, std::unique_ptr<Counter>> counters;
  std::map<Labels, std::unique_ptr<Histogram>> histograms;
  std::vector<std::function<std::vector<Sample>()>> collectors;
  // What callers get instead of a series that was refused.
  Counter refused_counter;
  std::unique_ptr<Histogram> refused_histogram;

  std::size_t bound() const { return counters.size() + histograms.size(); }
};

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Family& Registry::family(const MetricInfo& info) {
  for (const auto& each : families_) {
    if (each->info.name == info.name) return *each;
  }
  families_.push_back(std::make_unique<Family>());
  families_.back()->info = info;
  return *families_.back();
}

// Whether a family that shows `series` already takes another one.
bool Registry::takes(const MetricInfo& info, const Labels& labels, std::size_t series) const {
  const auto same_name = [](const auto& label, std::string_view name) {
    return label.first == name;
  };
  if (series < info.most_series && std::ranges::equal(labels, info.label_names(), same_name)) {
    return true;
  }
  refused_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Counter& Registry::counter(const MetricInfo& info, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Family& all = family(info);
  if (const auto found = all.counters.find(labels); found != all.counters.end()) {
    return *found->second;
  }
  if (!takes(all.info, labels, all.bound())) {
    return all.refused_counter;
  }
  return *(all.counters[labels] = std::make_unique<Counter>());
}

Histogram& Registry::histogram(const MetricInfo& info, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Family& all = family(info);
  if (const auto found = all.histograms.find(labels); found != all.histograms.end()) {
    return *found->second;
  }
  auto& series =
      takes(all.info, labels, all.bound()) ? all.histograms[labels] : all.refused_histogram;
  if (!series) series = std::make_unique<Histogram>(all.info.bounds);
  return *series;
}

void Registry::collect(const MetricInfo& info, std::function<std::vector<Sample>()> read) {
  const std::lock_guard lock(mutex_);
  family(info).collectors.push_back(std::move(read));
}

void Registry::prepare(std::function<void()> prepare) {
  const std::lock_guard lock(mutex_);
  preparations_.push_back(std::move(prepare));
}

std::string Registry::render() const {
  const std::lock_guard lock(mutex_);
  const auto started = std::chrono::steady_clock::now();
  for (const auto& prepare : preparations_) prepare();
  OpenMetricsText text;
  for (const auto& each : families_) {
    const MetricInfo& info = each->info;
    text.family(info);
    for (const auto& [labels, series] : each->counters) {
      text.sample(info, labels, static_cast<double>(series->value()));
    }
    const auto distribution = [&](const Labels& labels, const Histogram::Snapshot& values) {
      if (values.count() > 0) text.histogram(info, labels, values);
    };
    for (const auto& [labels, series] : each->histograms) distribution(labels, series->snapshot());
    std::size_t shown = each->bound();
    for (const auto& read : each->collectors) {
      for (const Sample& sample : read()) {
        if (!takes(info, sample.labels, shown)) continue;
        ++shown;
        if (sample.histogram) {
          distribution(sample.labels, *sample.histogram);
        } else {
          text.sample(info, sample.labels, sample.value);
        }
      }
    }
  }
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - started;
  scrape_nanos_.store(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  scrape_series_.store(text.lines(), std::memory_order_relaxed);
  return std::move(text).finish();
}

Registry::Scrape Registry::last_scrape() const {
  return {static_cast<double>(scrape_nanos_.load(std::memory_order_relaxed)) / 1e9,
          scrape_series_.load(std::memory_order_relaxed)};
}

}  // namespace pim::telemetry
