#include "cli/prove/pressure_evidence.h"

#include <algorithm>
#include <string>

#include "load/report/markup.h"

namespace pim::cli::prove {
namespace {

Check fault_check(const load::RunResult& run, std::size_t planned) {
  std::string text = std::to_string(run.faults.size()) + " of " + std::to_string(planned);
  const char* separator = ": ";
  for (const auto& fault : run.faults) {
    const std::chrono::duration<double> from = fault.from;
    const std::chrono::duration<double> to = fault.to;
    text += separator + fault.kind + " at " + load::report::fixed(from.count(), 1) + " s for " +
            load::report::fixed((to - from).count(), 2) + " s";
    separator = ", ";
  }
  return {"every planned fault was done and undone", text,
          planned > 0 && run.faults.size() == planned};
}

// Faults that nobody notices are no pressure.
Check pressure_check(const load::RunResult& run) {
  std::uint64_t requests = 0;
  std::uint64_t first = 0;
  std::uint64_t after = 0;
  for (const auto& operation : run.operations) {
    requests += operation.before.all();
    first += operation.before.failed;
    after += operation.after.failed;
  }
  return {"it was felt: a client without retries would have seen failures",
          load::report::grouped(requests) + " requests, " + load::report::grouped(first) +
              " failed at their first attempt, " + load::report::grouped(after) + " after retries",
          first > 0};
}

Check history_check(const load::CheckReport& calls) {
  std::string text = calls.summary();
  for (std::size_t i = 0; i < std::min<std::size_t>(3, calls.findings.size()); ++i) {
    text += "; " + calls.findings[i];
  }
  return {"every call, recorded outside the server, against the event history", text,
          calls.clean() && calls.acknowledged > 0};
}

}  // namespace

void judge_pressure(const load::RunResult& run, const load::CheckReport& calls, std::size_t faults,
                    Claim& claim) {
  claim.missing.clear();
  if (run.verdict == load::Verdict::inconclusive) {
    for (const auto& reason : run.reasons) {
      claim.doubt += (claim.doubt.empty() ? "" : "; ") + reason;
    }
  } else {
    for (const auto& objective : run.checks) {
      claim.checks.push_back({objective.name + " " + objective.wanted + ", after retries",
                              objective.got, objective.met});
    }
    claim.checks.push_back(pressure_check(run));
    claim.checks.push_back(fault_check(run, faults));
  }
  const auto& own = run.read_your_writes;
  claim.checks.push_back(
      {"a read at an acknowledged position shows that write",
       std::to_string(own.checked) + " reads, " + std::to_string(own.stale) + " without",
       own.stale == 0 && own.checked > 0});
  claim.checks.push_back(history_check(calls));
}

}  // namespace pim::cli::prove
