// What the act of kills measured, and its part of the written proof.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/prove/traffic.h"
#include "data/import_report.h"
#include "load/report/svg_plot.h"

namespace pim::cli::prove {

struct Kill {
  double at_seconds = 0;        // since the traffic's start
  std::uint32_t in_flight = 0;  // commands on the wire at that moment
  double ready_ms = 0;          // from the new process's start until it was ready
  double outage_ms = 0;         // from the kill until the next acknowledged write
};

struct KillsReport {
  data::ImportReport import;  // of all files together
  std::vector<Kill> kills;
  TrafficReport chaos;
  TrafficReport calm;  // the phase without kills
};

load::report::Plot kills_latency_plot(const KillsReport& report);

std::string html_sections(const KillsReport& report);
std::string to_json(const KillsReport& report);

}  // namespace pim::cli::prove
