// Everything that a run of the demo found, and its two written forms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/demo/claims.h"
#include "cli/demo/traffic.h"
#include "data/import_report.h"

namespace pim::cli::demo {

struct Kill {
  double at_seconds = 0;        // since the traffic's start
  std::uint32_t in_flight = 0;  // commands on the wire at that moment
  double ready_ms = 0;          // from the new process's start until it was ready
  double outage_ms = 0;         // from the kill until the next acknowledged write
};

struct DemoReport {
  std::string started_at;
  double seconds = 0;
  std::string program;  // what was started: pim, or the sabotaged binary
  std::uint64_t seed = 0;
  std::string machine;
  data::ImportReport import;  // of all files together
  std::vector<Kill> kills;
  TrafficReport chaos;
  TrafficReport calm;  // the phase without kills
  std::vector<Claim> claims;
};

std::string to_html(const DemoReport& report);  // one file, no script, nothing from elsewhere
std::string to_json(const DemoReport& report);

}  // namespace pim::cli::demo
