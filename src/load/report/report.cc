#include "load/report/report.h"

#include <algorithm>

#include "load/report/markup.h"

namespace pim::load::report {
namespace {

std::vector<std::string> missed_alerts(const LoadReport& report) {
  std::vector<std::string> missed;
  for (const auto& alert : report.alerts) {
    const bool silent = !alert.fired && !alert.before;
    if (alert.wish == Wish::fires && silent) {
      missed.push_back(alert.name + " should have fired and did not");
    } else if (alert.wish == Wish::silent && alert.fired) {
      missed.push_back(alert.name + " fired and should not have");
    }
  }
  return missed;
}

std::vector<std::string> doubtful_alerts(const LoadReport& report) {
  std::vector<std::string> doubtful;
  for (const auto& alert : report.alerts) {
    if (alert.wish == Wish::fires && alert.before) {
      doubtful.push_back(alert.name + " fired already when the fault began");
    }
  }
  return doubtful;
}

// "a; b; c and 4 more".
std::string first_of(const std::vector<std::string>& all) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kMost); ++i) {
    text += (i == 0 ? "" : "; ") + all[i];
  }
  if (all.size() > kMost) text += "; and " + std::to_string(all.size() - kMost) + " more";
  return text;
}

}  // namespace

Verdict overall(const LoadReport& report) {
  const bool untrue = report.history && !report.history->violations.empty();
  if (untrue || !missed_alerts(report).empty()) return Verdict::violated;
  if (report.run.verdict == Verdict::met && !doubtful_alerts(report).empty()) {
    return Verdict::inconclusive;
  }
  return report.run.verdict;
}

std::string sentence(const LoadReport& report) {
  std::vector<std::string> reasons = report.run.reasons;
  for (auto& each : missed_alerts(report)) reasons.push_back(std::move(each));
  for (auto& each : doubtful_alerts(report)) reasons.push_back(std::move(each));
  if (report.history && !report.history->violations.empty()) {
    reasons.insert(reasons.begin(), "the history is not true: " + report.history->summary);
  }
  switch (overall(report)) {
    case Verdict::violated:
      return "Violated: " + first_of(reasons) + ".";
    case Verdict::inconclusive:
      return "Inconclusive: " + first_of(reasons) + ".";
    case Verdict::met:
      break;
  }
  std::uint64_t requests = 0;
  for (const auto& operation : report.run.operations) requests += operation.after.all();
  std::string text = "Met: " + grouped(requests) + " requests, all " +
                     std::to_string(report.run.checks.size()) + " objectives held";
  if (!report.run.faults.empty()) {
    text += " through " + std::to_string(report.run.faults.size()) + " fault" +
            (report.run.faults.size() == 1 ? "" : "s");
  }
  if (report.history) text += ", and the history is true: " + report.history->summary;
  return text + ".";
}

}  // namespace pim::load::report
