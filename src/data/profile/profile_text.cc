// A profile for people, and for programs.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "data/profile/profile.h"

namespace pim::data::profile {
namespace {

constexpr double kBarWidth = 40;

std::string shown(double value) {
  char text[32];
  const double size = std::fabs(value);
  std::snprintf(text, sizeof text, size >= 100 || value == std::floor(value) ? "%.0f" : "%.2f",
                value);
  return text;
}

std::string distance_of(const Comparison& comparison) {
  if (!std::isfinite(comparison.distance_percent)) return "any";
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f %%", comparison.distance_percent);
  return text;
}

std::string verdict_of(const Comparison& comparison) {
  if (!comparison.held) return comparison.exception;
  return comparison.within() ? "ok" : "OFF";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}
std::string at_right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string bar(double part) {
  return std::string(static_cast<std::size_t>(std::lround(std::clamp(part, 0.0, 1.0) * kBarWidth)),
                     '#');
}

}  // namespace

std::string to_json(const Profile& profile) {
  nlohmann::ordered_json json;
  json["verdict"] = to_string(profile.verdict());
  json["tolerance_percent"] = kTolerancePercent;
  json["rows"] = nlohmann::ordered_json::object();
  for (const auto& [table, rows] : profile.rows) json["rows"][table] = rows;
  json["unread_rows"] = profile.unread_rows;
  json["comparisons"] = nlohmann::ordered_json::array();
  for (const auto& each : profile.comparisons) {
    nlohmann::ordered_json row = {{"name", each.name},           {"statistic", each.statistic},
                                  {"reference", each.reference}, {"measured", each.measured},
                                  {"distance_percent", nullptr}, {"held", each.held},
                                  {"within", each.within()}};
    if (std::isfinite(each.distance_percent)) row["distance_percent"] = each.distance_percent;
    if (each.too_few) row["too_few"] = true;
    if (!each.exception.empty()) row["exception"] = each.exception;
    json["comparisons"].push_back(std::move(row));
  }
  json["curves"] = nlohmann::ordered_json::array();
  for (const auto& each : profile.curves) {
    json["curves"].push_back({{"name", each.name}, {"quantiles", each.measured}});
  }
  for (const auto& each : profile.bars) {
    auto& counts = json[each.name];
    for (std::size_t i = 0; i < each.labels.size(); ++i) counts[each.labels[i]] = each.percent[i];
  }
  return json.dump(2);
}

std::string to_sentence(const Profile& profile) {
  std::size_t held = 0;
  std::size_t off = 0;
  std::size_t too_few = 0;
  for (const auto& each : profile.comparisons) {
    held += each.held ? 1 : 0;
    off += each.held && !each.within() ? 1 : 0;
    too_few += each.too_few ? 1 : 0;
  }
  char tolerance[16];
  std::snprintf(tolerance, sizeof tolerance, "%g %%", kTolerancePercent);
  std::string text = std::to_string(held - off) + " of " + std::to_string(held + too_few) +
                     " held figures are within " + tolerance + " of the reference";
  if (off > 0) text += ", " + std::to_string(off) + " are off";
  if (too_few > 0) text += ", for " + std::to_string(too_few) + " there are too few rows to judge";
  return text;
}

std::string to_text(const Profile& profile) {
  std::string out;
  for (const auto& [table, rows] : profile.rows) {
    out += padded(table, 14) + at_right(std::to_string(rows), 12) + " rows\n";
  }
  if (profile.unread_rows > 0) {
    out += std::to_string(profile.unread_rows) + " broken rows were passed over\n";
  }
  out += "\n" + padded("", 46) + at_right("reference", 10) + at_right("measured", 12) +
         at_right("distance", 12) + "\n";
  std::string before;
  for (const auto& each : profile.comparisons) {
    out += padded(each.name == before ? "" : each.name, 38) + padded(each.statistic, 8) +
           at_right(shown(each.reference), 10) + at_right(shown(each.measured), 12) +
           at_right(distance_of(each), 12) + "  " + verdict_of(each) + "\n";
    before = each.name;
  }
  out += "\n" + to_sentence(profile) + "\n";
  for (const auto& curve : profile.curves) {
    double top = 0;
    for (const auto& point : curve.measured) top = std::max(top, point.second);
    if (top <= 0) continue;
    out += "\n" + curve.name + ", by quantile (| the reference)\n";
    for (const double p : {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}) {
      const auto found = std::ranges::find_if(
          curve.measured, [&](const auto& point) { return std::fabs(point.first - p) < 1e-9; });
      if (found == curve.measured.end()) continue;
      std::string line = bar(found->second / top);
      for (const auto& [at, value] : curve.reference) {
        if (std::fabs(at - p) > 1e-9) continue;
        const auto place =
            static_cast<std::size_t>(std::lround(std::min(1.0, value / top) * kBarWidth));
        line.resize(std::max(line.size(), place + 1), ' ');
        line[place] = '|';
      }
      char label[16];
      std::snprintf(label, sizeof label, "  p%-4.0f", p * 100);
      out += label + at_right(shown(found->second), 10) + " " + line + "\n";
    }
  }
  for (const auto& bars : profile.bars) {
    double top = 0;
    for (const double value : bars.percent) top = std::max(top, value);
    if (top <= 0) continue;
    out += "\n" + bars.name + ", %\n";
    for (std::size_t i = 0; i < bars.labels.size(); ++i) {
      out += "  " + padded(bars.labels[i], 4) + at_right(shown(bars.percent[i]), 8) + " " +
             bar(bars.percent[i] / top) + "\n";
    }
  }
  return out;
}

}  // namespace pim::data::profile
