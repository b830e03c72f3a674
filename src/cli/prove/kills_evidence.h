// What the act of kills collected, and the verdicts that follow from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "cli/prove/claims.h"
#include "cli/prove/kills_report.h"
#include "cli/prove/probes.h"
#include "cli/reconstruct_all.h"
#include "data/generate/commands.h"
#include "data/import_report.h"
#include "data/privacy/report.h"
#include "load/history/check.h"

namespace pim::cli::prove {

struct KillsEvidence {
  data::ImportReport import;
  data::ImportReport import_again;
  data::generate::SendSummary generated;
  data::generate::SendSummary generated_again;
  std::vector<std::string> refused_setup;  // facilities and providers: valid, and the first sent
  std::vector<Kill> kills;
  const TrafficReport* chaos = nullptr;
  const TrafficReport* calm = nullptr;
  std::vector<std::uint64_t> metric_by_shard;  // in the calm phase
  ReplayProbe replays;
  AuditProbe audit;
  RebuildProbe rebuild;
  bool caught_up = false;
  bool drained = false;
  std::uint64_t drain_ms = 0;
  audit::VerifyReport verify;
  ReconstructReport reconstruct;  // of an intact history only
  load::CheckReport calls;
  data::privacy::Report seed_scan;
  data::privacy::Report foreign_scan;  // of files that are full of identifiers: the control
  data::privacy::Report store_scan;
};

// Fills in the checks of claims 1, 2, 4 and of the premise.
void judge_kills(const KillsEvidence& evidence, std::vector<Claim>& claims);

}  // namespace pim::cli::prove
