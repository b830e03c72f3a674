// What a ruler says of a run's faults: which alerts each caused, and how soon.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "cli/url.h"
#include "domain/result.h"
#include "load/report/alert_rules.h"
#include "load/report/report.h"
#include "load/scenario/scenario.h"

namespace pim::cli {

class AlertWatch {
 public:
  // Before the run. The error: the ruler does not answer, or has no alert that a fault expects.
  static Result<AlertWatch, std::string> begin(
      const Url& ruler, const std::vector<load::PlannedScenarioFault>& faults);

  // After the run: waits until each fault has caused what it is to cause, or can cause no more.
  // `stop` ends the wait with an error. An alert belongs to the last fault that began before it.
  Result<std::vector<load::report::AlertSeen>, std::string> wait(
      const load::RunResult& run, const std::atomic<bool>& stop) const;

 private:
  AlertWatch(Url ruler, std::vector<load::AlertRule> rules)
      : ruler_(std::move(ruler)), rules_(std::move(rules)) {}

  Url ruler_;
  std::vector<load::AlertRule> rules_;
};

}  // namespace pim::cli
