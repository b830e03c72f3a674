#include "report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "domain/json.h"

namespace pim::bench {
namespace {

// Three to four significant digits: more would be noise.
std::string shown(double value) {
  char text[32];
  const double size = std::fabs(value);
  std::snprintf(text, sizeof text, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  return text;
}

std::string exact(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string quoted(const std::string& value) {
  std::string out;
  append_json_string(out, value);
  return out;
}

std::string with_unit(const std::string& value, const std::string& unit) {
  return unit.empty() ? value : value + " " + unit;
}

}  // namespace

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.at(0).size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&widths](const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = i < cells.size() ? cells[i] : "";
      out += "| " + cell + std::string(widths[i] - cell.size() + 1, ' ');
    }
    return out + "|\n";
  };
  std::string out = line(rows[0]);
  for (const auto width : widths) out += "|" + std::string(width + 2, '-');
  out += "|\n";
  for (std::size_t i = 1; i < rows.size(); ++i) out += line(rows[i]);
  return out;
}

void Report::text(const std::string& key, const std::string& value, const std::string& meaning) {
  rows_.push_back({key, quoted(value), value, meaning});
}

void Report::number(const std::string& key, double value, const std::string& unit,
                    const std::string& meaning) {
  rows_.push_back({key, exact(value), with_unit(shown(value), unit), meaning});
}

void Report::spread(const std::string& key, const Spread& value, const std::string& unit,
                    const std::string& meaning) {
  detail(key, value);
  Row& median = *(rows_.end() - 3);
  median.shown = with_unit(shown(value.median), unit) + " (" + shown(value.min) + " .. " +
                 shown(value.max) + ")";
  median.meaning = meaning;
}

void Report::detail(const std::string& key, const Spread& value) {
  rows_.push_back({key, exact(value.median), "", ""});
  rows_.push_back({key + "_min", exact(value.min), "", ""});
  rows_.push_back({key + "_max", exact(value.max), "", ""});
}

void Report::latency(const std::string& key, const load::Histogram& histogram,
                     const std::string& meaning) {
  const auto milliseconds = [](std::uint64_t micros) { return static_cast<double>(micros) / 1000; };
  const double p50 = milliseconds(histogram.percentile(50));
  const double p99 = milliseconds(histogram.percentile(99));
  const double p999 = milliseconds(histogram.percentile(99.9));
  const double max = milliseconds(histogram.max());
  rows_.push_back(
      {key + "_p50_ms", exact(p50),
       shown(p50) + " / " + shown(p99) + " / " + shown(p999) + " / " + shown(max) + " ms",
       meaning + " (p50 / p99 / p99.9 / max)"});
  rows_.push_back({key + "_p99_ms", exact(p99), "", ""});
  rows_.push_back({key + "_p999_ms", exact(p999), "", ""});
  rows_.push_back({key + "_max_ms", exact(max), "", ""});
}

void Report::goal(const std::string& key, bool reached, const std::string& meaning) {
  reached_ = reached_ && reached;
  rows_.push_back(
      {key, reached ? "true" : "false", reached ? "reached" : "MISSED", "goal: " + meaning});
}

void Report::machine(const Machine& machine, const NoiseMeter& noise) {
  text("cpu", machine.cpu, "processor");
  number("cores", machine.cores, "", "cores");
  number("memory_mib", static_cast<double>(machine.memory_mib), "MiB", "memory");
  text("kernel", machine.kernel, "kernel");
  text("file_system", machine.file_system,
       machine.syncs ? "file system" : "file system (in memory: syncs cost nothing here)");
  number("stolen_cpu_percent", noise.stolen_percent(), "%",
         "CPU taken by the hypervisor meanwhile");
}

std::string Report::table() const {
  std::size_t width = 0;
  for (const Row& row : rows_) {
    if (!row.shown.empty()) width = std::max(width, row.shown.size());
  }
  std::string out = "bench " + bench_ + "\n" + preface_;
  for (const Row& row : rows_) {
    if (row.shown.empty()) continue;
    out += "  " + row.shown + std::string(width - row.shown.size() + 2, ' ') + row.meaning + "\n";
  }
  return out;
}

std::string Report::json() const {
  std::string out = "{\"bench\":" + quoted(bench_);
  for (const Row& row : rows_) out += ",\n \"" + row.key + "\":" + row.json;
  return out + "}\n";
}

}  // namespace pim::bench
