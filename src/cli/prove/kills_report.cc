#include "cli/prove/kills_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "cli/json_object.h"
#include "load/report/markup.h"
#include "load/report/svg_plot.h"

namespace pim::cli::prove {
namespace {

using load::report::escape_markup;
using load::report::fixed;
using load::report::Hue;
using load::report::Mark;
using load::report::Plot;
using load::report::Series;
using load::report::Shape;
using load::report::shortest;
using load::report::ticks_of;
using load::report::to_svg;

constexpr double kBin = 0.25;  // seconds
constexpr double kPercentiles[] = {50, 75, 90, 95, 99, 99.5, 99.9, 99.99};

// Latencies of each quarter second, by time.
std::vector<std::vector<float>> bins(const std::vector<Sample>& samples) {
  std::vector<std::vector<float>> all;
  for (const auto& sample : samples) {
    const auto bin = static_cast<std::size_t>(std::max(0.0F, sample.at_seconds) / kBin);
    if (all.size() <= bin) all.resize(bin + 1);
    all[bin].push_back(sample.latency_ms);
  }
  return all;
}

float quantile(std::vector<float>& values, double part) {
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

std::vector<Mark> kill_marks(const KillsReport& report) {
  std::vector<Mark> marks;
  marks.reserve(report.kills.size());
  for (const auto& kill : report.kills) marks.push_back({kill.at_seconds, "SIGKILL"});
  return marks;
}

std::vector<Sample> all_samples(const KillsReport& report) {
  auto samples = report.chaos.samples;
  samples.insert(samples.end(), report.calm.samples.begin(), report.calm.samples.end());
  return samples;
}

Plot throughput_plot(const KillsReport& report) {
  Series rate{"writes/s", Hue::green, {}};
  const auto all = bins(all_samples(report));
  // The last bin is cut short by the end.
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    rate.points.push_back(
        {(static_cast<double>(i) + 0.5) * kBin, static_cast<double>(all[i].size()) / kBin});
  }
  Plot plot;
  plot.title = "Acknowledged writes a second";
  plot.x_label = "seconds";
  plot.y_label = "writes/s";
  plot.series = {rate};
  plot.marks = kill_marks(report);
  return plot;
}

Plot shard_plot(const KillsReport& report) {
  Plot plot;
  plot.title = "Commands by shard (calm phase, as /metrics counted them too)";
  plot.x_label = "shard";
  plot.y_label = "commands";
  plot.shape = Shape::bars;
  Series series{"commands", Hue::blue, {}};
  for (std::size_t shard = 0; shard < report.calm.by_shard.size(); ++shard) {
    series.points.push_back(
        {static_cast<double>(shard), static_cast<double>(report.calm.by_shard[shard])});
    plot.x_ticks.push_back({static_cast<double>(shard), "shard " + std::to_string(shard)});
  }
  plot.series.push_back(std::move(series));
  return plot;
}

Series percentile_series(const std::string& name, Hue hue, const load::Histogram& latency) {
  Series series{name, hue, {}};
  for (std::size_t i = 0; i < std::size(kPercentiles); ++i) {
    series.points.push_back(
        {static_cast<double>(i), static_cast<double>(latency.percentile(kPercentiles[i])) / 1000});
  }
  return series;
}

Plot percentile_plot(const KillsReport& report) {
  Plot plot;
  plot.title = "Latency percentiles";
  plot.x_label = "percentile";
  plot.y_label = "ms (log)";
  plot.log_y = true;
  std::vector<std::string> names;
  for (const double percent : kPercentiles) names.push_back("p" + shortest(percent));
  plot.x_ticks = ticks_of(names);
  plot.series = {percentile_series("with kills", Hue::orange, report.chaos.latency),
                 percentile_series("calm", Hue::blue, report.calm.latency)};
  return plot;
}

std::string kill_rows(const std::vector<Kill>& kills) {
  std::string out;
  for (std::size_t i = 0; i < kills.size(); ++i) {
    const auto& kill = kills[i];
    out += "<tr><td>" + std::to_string(i + 1) + "</td><td>" + fixed(kill.at_seconds, 2) +
           " s</td><td>" + std::to_string(kill.in_flight) + "</td><td>" + fixed(kill.ready_ms, 0) +
           " ms</td><td>" + fixed(kill.outage_ms, 0) + " ms</td></tr>\n";
  }
  return out;
}

std::string dropped_rows(const data::ImportReport& import) {
  std::string out;
  for (const auto& [column, count] : import.identifiers_dropped) {
    out +=
        "<tr><td>" + escape_markup(column) + "</td><td>" + std::to_string(count) + "</td></tr>\n";
  }
  return out;
}

}  // namespace

Plot kills_latency_plot(const KillsReport& report) {
  Series median{"median", Hue::blue, {}};
  Series p99{"p99", Hue::orange, {}};
  auto all = bins(all_samples(report));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty()) continue;
    const double x = (static_cast<double>(i) + 0.5) * kBin;
    median.points.push_back({x, quantile(all[i], 0.5)});
    p99.points.push_back({x, quantile(all[i], 0.99)});
  }
  Plot plot;
  plot.title = "Latency of acknowledged writes, retries included";
  plot.x_label = "seconds";
  plot.y_label = "ms (log)";
  plot.log_y = true;
  plot.series = {median, p99};
  plot.marks = kill_marks(report);
  return plot;
}

std::string html_sections(const KillsReport& report) {
  std::string out;
  out += "<h2>Under kills</h2>\n" + to_svg(kills_latency_plot(report)) +
         to_svg(throughput_plot(report));
  out +=
      "<table><tr><th>kill</th><th>at</th><th>commands on the wire</th><th>new process ready "
      "after</th><th>until the next acknowledged write</th></tr>\n" +
      kill_rows(report.kills) + "</table>\n";
  out += to_svg(percentile_plot(report));
  out += "<h2>Routing</h2>\n" + to_svg(shard_plot(report));
  out += "<h2>Import</h2>\n<p>" + std::to_string(report.import.rows) + " rows, " +
         std::to_string(report.import.commands) + " commands, " +
         std::to_string(report.import.refused) +
         " refused. These identifiers were in the files and went no further:</p>\n<table><tr>"
         "<th>column</th><th>values dropped</th></tr>\n" +
         dropped_rows(report.import) + "</table>\n";
  return out;
}

std::string to_json(const KillsReport& report) {
  std::vector<std::string> kills;
  for (const auto& kill : report.kills) {
    JsonObject object;
    object.add("at_seconds", kill.at_seconds)
        .add("in_flight", kill.in_flight)
        .add("ready_ms", kill.ready_ms)
        .add("outage_ms", kill.outage_ms);
    kills.push_back(object.str());
  }
  const auto phase = [](const TrafficReport& traffic) {
    std::vector<std::string> shards;
    shards.reserve(traffic.by_shard.size());
    for (const auto count : traffic.by_shard) shards.push_back(std::to_string(count));
    JsonObject object;
    object.add("acknowledged", traffic.acknowledged)
        .add("refused", traffic.refused)
        .add("retried", traffic.retried)
        .add("reads", traffic.reads)
        .raw("commands_by_shard", json_array(shards));
    for (const double percent : kPercentiles) {
      object.add("p" + shortest(percent) + "_ms",
                 static_cast<double>(traffic.latency.percentile(percent)) / 1000);
    }
    return object.str();
  };
  JsonObject object;
  object.raw("kills", json_array(kills))
      .raw("with_kills", phase(report.chaos))
      .raw("calm", phase(report.calm))
      .raw("import", data::to_json(report.import));
  return object.str();
}

}  // namespace pim::cli::prove
