#include "telemetry/metric_table.h"

namespace pim::telemetry {

std::string queried_name(const MetricInfo& info) {
  return std::string(info.name) + (info.type == MetricType::counter ? "_total" : "");
}

std::string metric_tables(std::span<const MetricSection> sections) {
  std::string out;
  for (const MetricSection& section : sections) {
    out += "\n### " + std::string(section.title) + "\n\n";
    out += "| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n";
    for (const MetricInfo* info : section.metrics) {
      std::string labels;
      for (const auto name : info->label_names()) {
        if (!labels.empty()) labels += ", ";
        labels += '`' + std::string(name) + '`';
      }
      out += "| `" + queried_name(*info) + "` | " + std::string(to_string(info->type)) + " | " +
             std::string(info->unit) + " | " + labels + " | " + std::string(info->help) + " |\n";
    }
  }
  return out;
}

}  // namespace pim::telemetry
