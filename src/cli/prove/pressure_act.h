// The act of pressure: a scenario of load and faults against a server, judged by its objectives and
// by its history. Shows claim 6.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/prove/claims.h"
#include "cli/prove/narrator.h"
#include "cli/prove/stop.h"
#include "load/run/run_result.h"

namespace pim::cli::prove {

struct PressureOptions {
  std::string scenario;              // a file
  std::string out;                   // a directory: report.html, result.json, history, export.jsonl
  std::chrono::seconds duration{0};  // 0: the scenario's own
  std::string bug;                   // of the server (store/planted.h); empty: none
};

// Fills in the claim. An error that printed itself has no message. Leaves no process behind.
Result<load::RunResult, Stop> run_pressure(const PressureOptions& options, Narrator& narrator,
                                           std::vector<Claim>& claims);

}  // namespace pim::cli::prove
