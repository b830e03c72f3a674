#include "cli/demo/demo_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "cli/json_object.h"
#include "cli/svg_plot.h"

namespace pim::cli::demo {
namespace {

constexpr double kBin = 0.25;  // seconds
constexpr const char* kBlue = "#1565c0";
constexpr const char* kOrange = "#ef6c00";
constexpr const char* kGreen = "#2e7d32";
constexpr double kPercentiles[] = {50, 75, 90, 95, 99, 99.5, 99.9, 99.99};

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string shortest(double value) {
  char text[24];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

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

std::vector<Mark> kill_marks(const DemoReport& report) {
  std::vector<Mark> marks;
  marks.reserve(report.kills.size());
  for (const auto& kill : report.kills) marks.push_back({kill.at_seconds, "SIGKILL"});
  return marks;
}

std::vector<Sample> all_samples(const DemoReport& report) {
  auto samples = report.chaos.samples;
  samples.insert(samples.end(), report.calm.samples.begin(), report.calm.samples.end());
  return samples;
}

Plot latency_plot(const DemoReport& report) {
  Series median{"median", kBlue, {}};
  Series p99{"p99", kOrange, {}};
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

Plot throughput_plot(const DemoReport& report) {
  Series rate{"writes/s", kGreen, {}};
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

Plot shard_plot(const DemoReport& report) {
  Plot plot;
  plot.title = "Commands by shard (calm phase, as /metrics counted them too)";
  plot.x_label = "shard";
  plot.y_label = "commands";
  plot.bars = true;
  Series series{"commands", kBlue, {}};
  for (std::size_t shard = 0; shard < report.calm.by_shard.size(); ++shard) {
    series.points.push_back(
        {static_cast<double>(shard), static_cast<double>(report.calm.by_shard[shard])});
    plot.names.push_back("shard " + std::to_string(shard));
  }
  plot.series.push_back(std::move(series));
  return plot;
}

Series percentile_series(const std::string& name, const char* colour,
                         const load::Histogram& latency) {
  Series series{name, colour, {}};
  for (std::size_t i = 0; i < std::size(kPercentiles); ++i) {
    series.points.push_back(
        {static_cast<double>(i), static_cast<double>(latency.percentile(kPercentiles[i])) / 1000});
  }
  return series;
}

Plot percentile_plot(const DemoReport& report) {
  Plot plot;
  plot.title = "Latency percentiles";
  plot.x_label = "percentile";
  plot.y_label = "ms (log)";
  plot.log_y = true;
  for (const double percent : kPercentiles) plot.names.push_back("p" + shortest(percent));
  plot.series = {percentile_series("with kills", kOrange, report.chaos.latency),
                 percentile_series("calm", kBlue, report.calm.latency)};
  return plot;
}

std::string verdict_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::fails:
      return "fails";
    case Verdict::not_delivered:
      break;
  }
  return "absent";
}

std::string claim_rows(const std::vector<Claim>& claims) {
  std::string out;
  for (const auto& claim : claims) {
    const auto verdict = claim.verdict();
    const std::string number = claim.number == kPremise ? "" : std::to_string(claim.number);
    out += "<tr class=\"claim\"><td>" + number + "</td><td>" + escape_markup(claim.text);
    if (!claim.checks.empty() && !claim.missing.empty()) {
      out += " <small>(not delivered: " + escape_markup(claim.missing) + ")</small>";
    }
    out += "</td><td class=\"" + verdict_class(verdict) + "\">" + std::string(to_string(verdict)) +
           "</td></tr>\n";
    for (const auto& check : claim.checks) {
      out += "<tr><td></td><td>" + escape_markup(check.what) + "<br><small>" +
             escape_markup(check.evidence) + "</small></td><td class=\"" +
             (check.holds ? "holds\">ok" : "fails\">FAIL") + "</td></tr>\n";
    }
  }
  return out;
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

constexpr std::string_view kStyle =
    "body{font-family:sans-serif;max-width:900px;margin:2em auto;color:#222}"
    "table{border-collapse:collapse;width:100%;margin:1em 0}"
    "td,th{border:1px solid #ddd;padding:.4em .6em;text-align:left;vertical-align:top}"
    "tr.claim td{background:#f4f6f8;font-weight:bold}small{color:#555;font-weight:normal}"
    ".holds{color:#1b5e20}.fails{color:#b71c1c;font-weight:bold}.absent{color:#777}"
    ".banner{padding:.8em 1em;color:#fff;border-radius:4px}svg{width:100%;margin:.6em 0}";

}  // namespace

std::string to_html(const DemoReport& report) {
  const bool failed = any_fails(report.claims);
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  out += "<title>PIM SRE Lab: demo report</title><style>";
  out += kStyle;
  out += "</style></head><body>\n<h1>PIM SRE Lab: demo report</h1>\n";
  out += std::string("<p class=\"banner\" style=\"background:") + (failed ? "#b71c1c" : "#1b5e20") +
         "\">" + (failed ? "At least one claim failed." : "Every claim that is delivered holds.") +
         "</p>\n";
  out += "<p>" + escape_markup(report.started_at) + ", " + fixed(report.seconds, 0) + " s, seed " +
         std::to_string(report.seed) + ", program <code>" + escape_markup(report.program) +
         "</code>, " + escape_markup(report.machine) + "</p>\n";
  out +=
      "<h2>Claims</h2>\n<table><tr><th></th><th>claim, check, "
      "evidence</th><th>verdict</th></tr>\n" +
      claim_rows(report.claims) + "</table>\n";
  out += "<h2>Under kills</h2>\n" + to_svg(latency_plot(report)) + to_svg(throughput_plot(report));
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
  return out + "</body></html>\n";
}

std::string to_json(const DemoReport& report) {
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
  object.add("started_at", report.started_at)
      .add("seconds", report.seconds)
      .add("seed", report.seed)
      .add("program", report.program)
      .add("machine", report.machine)
      .add("failed", any_fails(report.claims))
      .raw("claims", to_json(report.claims))
      .raw("kills", json_array(kills))
      .raw("with_kills", phase(report.chaos))
      .raw("calm", phase(report.calm))
      .raw("import", data::to_json(report.import));
  return object.str() + "\n";
}

}  // namespace pim::cli::demo
