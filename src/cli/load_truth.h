// What clients recorded, held against what the store has, wherever that is.
#pragma once

#include <string>

#include "cli/admin_client.h"
#include "domain/result.h"
#include "load/history/check.h"
#include "load/report/report.h"

namespace pim::cli {

// The first of these that is not empty. The others make an export first, and leave it.
struct StoreSource {
  AdminAccess admin = {};     // of a running server, which makes a backup on its own machine
  std::string data = {};      // a directory of which no server has the lock
  std::string exported = {};  // what `pim audit export` wrote
};

// Exports are made in `scratch`: export.jsonl. A backup is removed again.
Result<load::CheckReport, std::string> check_truth(const std::string& history,
                                                   const StoreSource& store,
                                                   const std::string& scratch,
                                                   const load::CheckOptions& options);

// For a report of a run.
load::report::HistoryTruth truth_of(const load::CheckReport& report);

// Tells the Collector, if there is one, what was found of durability and auditability. The verdict
// stands without it: on stderr, where it does not take it.
void tell_truth(const std::string& collector, const load::CheckReport& report);

}  // namespace pim::cli
