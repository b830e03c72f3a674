#include "load/report/run_plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "load/run/ending.h"

namespace pim::load::report {
namespace {

using std::chrono::nanoseconds;

// Of what a time axis is made.
struct TimeScale {
  explicit TimeScale(nanoseconds run) {
    if (run > std::chrono::hours(3)) {
      name = "hours";
      unit = std::chrono::hours(1);
    } else if (run > std::chrono::minutes(10)) {
      name = "minutes";
      unit = std::chrono::minutes(1);
    }
  }
  double operator()(nanoseconds time) const {
    return static_cast<double>(time.count()) / static_cast<double>(unit.count());
  }
  const char* name = "seconds";
  nanoseconds unit = std::chrono::seconds(1);
};

Plot over_time(const RunResult& run, std::string title, std::string y_label) {
  const TimeScale scale(run.elapsed);
  Plot plot;
  plot.title = std::move(title);
  plot.x_label = std::string(scale.name) + " since the run's start";
  plot.y_label = std::move(y_label);
  if (run.warm_up.count() > 0) plot.bands.push_back({0, scale(run.warm_up), "warm-up", Hue::grey});
  for (const auto& fault : run.faults) {
    const auto label = fault.target.empty() ? fault.kind : fault.kind + " of " + fault.target;
    plot.bands.push_back({scale(fault.from), scale(fault.to), label, Hue::red});
  }
  std::ranges::stable_sort(plot.bands, {}, &Band::from);
  return plot;
}

// One point in the middle of each interval.
template <class Value>
void add_series(Plot& plot, const RunResult& run, std::string name, Hue hue, const Value& value) {
  const TimeScale scale(run.elapsed);
  Series series{std::move(name), hue, {}};
  for (const auto& interval : run.series) {
    series.points.push_back({scale(interval.from + run.interval / 2), value(interval)});
  }
  plot.series.push_back(std::move(series));
}

template <class Count>
void add_rate(Plot& plot, const RunResult& run, std::string name, Hue hue, const Count& count) {
  const double seconds = std::chrono::duration<double>(run.interval).count();
  add_series(plot, run, std::move(name), hue, [&](const Interval& interval) {
    return static_cast<double>(count(interval)) / seconds;
  });
}

double millis(std::uint64_t micros) { return static_cast<double>(micros) / 1000; }

Series percentiles(std::string name, Hue hue, const Histogram& latency) {
  Series series{std::move(name), hue, {}};
  if (latency.count() == 0) return series;
  // the last request of n stands at 1 - 1/n
  const double nines = std::min(std::log10(static_cast<double>(latency.count())), 5.0);
  constexpr int kPoints = 100;
  for (int i = 0; i <= kPoints; ++i) {
    const double x = nines * i / kPoints;
    series.points.push_back({x, millis(latency.percentile(100 * (1 - std::pow(10, -x))))});
  }
  return series;
}

}  // namespace

Plot latency_over_time(const RunResult& run) {
  Plot plot =
      over_time(run, "Latency of what was due in each moment, retries included", "ms (log)");
  plot.log_y = true;
  add_series(plot, run, "p99.9", Hue::red, [](const Interval& i) { return millis(i.p999_micros); });
  add_series(plot, run, "p99", Hue::orange, [](const Interval& i) { return millis(i.p99_micros); });
  add_series(plot, run, "p50", Hue::blue, [](const Interval& i) { return millis(i.p50_micros); });
  return plot;
}

Plot requests_over_time(const RunResult& run) {
  Plot plot = over_time(run, "Requests", "a second");
  add_rate(plot, run, "due", Hue::grey, [](const Interval& i) { return i.due; });
  add_rate(plot, run, "answered well", Hue::green, [](const Interval& i) { return i.ok; });
  add_rate(plot, run, "failed", Hue::red, [](const Interval& i) { return i.failed; });
  add_rate(plot, run, "retries", Hue::orange, [](const Interval& i) { return i.retries; });
  return plot;
}

Plot failures_over_time(const RunResult& run) {
  constexpr auto kHueOf = std::to_array({Hue::green, Hue::grey, Hue::red, Hue::orange, Hue::blue,
                                         Hue::purple, Hue::brown, Hue::teal});
  static_assert(kHueOf.size() == kEndings.size());
  Plot plot = over_time(run, "Requests that failed or were rejected", "a second");
  plot.shape = Shape::stacked;
  for (std::size_t ending = 1; ending < kEndings.size(); ++ending) {
    const auto count = [&](const Interval& interval) { return interval.by_ending[ending]; };
    if (std::ranges::all_of(run.series, [&](const Interval& i) { return count(i) == 0; })) continue;
    add_rate(plot, run, std::string(kEndings[ending]), kHueOf[ending], count);
  }
  return plot;
}

Plot latency_by_percentile(const RunResult& run) {
  Histogram commands;
  Histogram queries;
  for (const auto& operation : run.operations) {
    (operation.command ? commands : queries).merge(operation.after.ok_latency);
  }
  Plot plot;
  plot.title = "Latency by percentile, retries included";
  plot.x_label = "percentile";
  plot.y_label = "ms (log)";
  plot.log_y = true;
  plot.x_ticks = {{0, "0"},    {std::log10(2), "50"}, {1, "90"},    {2, "99"},
                  {3, "99.9"}, {4, "99.99"},          {5, "99.999"}};
  plot.series = {percentiles("commands", Hue::blue, commands),
                 percentiles("queries", Hue::teal, queries)};
  return plot;
}

Plot requests_by_shard(const RunResult& run) {
  Plot plot;
  plot.title = "Requests by shard";
  plot.x_label = "shard";
  plot.y_label = "requests";
  plot.shape = Shape::bars;
  Series series{"requests", Hue::blue, {}};
  std::vector<std::string> names;
  for (const auto& shard : run.shards) {
    if (shard.shard < 0) continue;
    series.points.push_back(
        {static_cast<double>(names.size()), static_cast<double>(shard.after.all())});
    names.push_back(std::to_string(shard.shard));
  }
  plot.x_ticks = ticks_of(names);
  plot.series.push_back(std::move(series));
  return plot;
}

}  // namespace pim::load::report
