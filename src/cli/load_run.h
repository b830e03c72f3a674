// One run of a scenario against a server, from its setup to its verdict: what `pim load run` does,
// for others who bring a server and faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/admin_client.h"
#include "cli/exit_code.h"
#include "cli/load_alerts.h"
#include "domain/result.h"
#include "load/report/report.h"
#include "load/run/fault_timeline.h"
#include "load/run/run_options.h"
#include "load/run/run_result.h"
#include "load/scenario/scenario.h"

namespace pim::cli {

struct LoadRun {
  load::Scenario scenario;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<load::LoadUser> users;
  std::string out;        // a directory; gets `history`, `result.json`, `report.html` and, where
                          // the history is checked, `export.jsonl`
  double rate_scale = 1;  // what the scenario's rates were multiplied by
  std::string metrics_listen = "127.0.0.1";
  std::optional<std::uint16_t> metrics_port;  // 0: the system chooses
  bool show = true;                           // the run as it goes on, on stderr
  load::FaultTimeline* faults = nullptr;      // null: nothing is broken
  const AlertWatch* alerts = nullptr;         // null: no ruler is asked
  AdminAccess check;        // of the server: the history is held against its store; no url: not
  bool sole_writer = true;  // nobody else wrote to that store
  std::string collector;    // is told what the check found; empty: nobody
};

// SIGINT and SIGTERM end it early. An error was printed; the files of `out` may be there
// nevertheless. A report may be of any verdict (load::report::overall).
Result<load::report::LoadReport, ExitCode> run_scenario(const LoadRun& run);

// `result.json` and `report.html` of that directory. The error says which.
Result<void, std::string> write_report(const std::string& out,
                                       const load::report::LoadReport& report);

// Makes every rate `rate` times as high, and every time so much longer that all last `duration`
// (0: as they are). Clients of a closed model: at least one.
void scale_scenario(load::Scenario& scenario, double rate, std::chrono::nanoseconds duration);

// Users of this run alone (`load-SECONDS-1` to `-COUNT`) with tokens of a keys file, or the one of
// a token. The error says what is wrong.
Result<std::vector<load::LoadUser>, std::string> users_of_keys(const std::string& keys_file,
                                                               const std::string& tenant,
                                                               std::uint32_t count);
Result<std::vector<load::LoadUser>, std::string> user_of_token(const std::string& token_file);
Result<std::string, std::string> operator_token(const std::string& keys_file,
                                                const std::string& tenant);

ExitCode exit_code_of(load::Verdict verdict);

}  // namespace pim::cli
