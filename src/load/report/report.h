// What a run comes to, on one page: for somebody who was not there and has two minutes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/report/machine.h"
#include "load/run/run_result.h"

namespace pim::load::report {

enum class Wish : std::uint8_t { none, fires, silent };  // of whoever wrote the scenario

// An alert as a ruler told it, on the run's clock.
struct AlertSeen {
  std::string name;
  std::string severity;  // page, ticket
  std::string fault;     // the kind of the fault that it followed; empty: none
  Wish wish = Wish::none;
  std::optional<std::chrono::nanoseconds> fired;
  std::optional<std::chrono::nanoseconds> after = {};  // its fault's beginning
  bool before = false;  // it fired when the fault began, which so shows nothing of it
};

struct NamedCount {
  std::string name;
  std::uint64_t count = 0;
};

// What holding the history against the store's came to.
struct HistoryTruth {
  std::string summary;                 // "acknowledged checked 9, lost 0, ..."
  std::vector<NamedCount> checked;     // of what there were how many
  std::vector<NamedCount> violations;  // those that there are; none: it is true
  std::vector<std::string> findings;   // the first violations, for people
};

struct LoadReport {
  RunResult run;
  std::optional<HistoryTruth> history;  // none: it was not checked
  std::vector<AlertSeen> alerts;        // of each fault at least one; empty: no ruler was asked
  std::string machine;
  std::optional<MachineNoise> noise;
};

// Of the run, the history and the alerts together: one that is violated decides.
Verdict overall(const LoadReport& report);

// The verdict in a sentence: "Violated: 2 of 8 objectives were missed: ...".
std::string sentence(const LoadReport& report);

std::string to_html(const LoadReport& report);  // one file, no script, nothing from elsewhere
std::string to_json(const LoadReport& report);

}  // namespace pim::load::report
