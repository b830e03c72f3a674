#include "cli/scenario_faults.h"

#include <utility>

#include "chaos/kind.h"

namespace pim::cli {

Result<std::unique_ptr<ScenarioFaults>, std::string> ScenarioFaults::make(
    const std::vector<load::PlannedScenarioFault>& planned, const pim::chaos::Target& target,
    pim::chaos::Footprints& footprints, std::function<void(const pim::chaos::FaultNews&)> tell) {
  std::vector<pim::chaos::PlannedFault> plan;
  std::vector<std::string> alerts;
  for (const auto& fault : planned) {
    const std::string place =
        "fault " + std::to_string(plan.size() + 1) + " (" + fault.kind + "): ";
    if (!fault.target.empty() && fault.target != target.name) {
      return Err{place + "its target is " + fault.target + ", and all there is is " + target.name};
    }
    auto made = pim::chaos::make_fault(fault.kind, target, fault.parameters, &footprints);
    if (!made) return Err{place + made.error().message};
    plan.push_back({fault.at, fault.length, std::move(made).value()});
    alerts.push_back(fault.alert);
  }
  return std::unique_ptr<ScenarioFaults>(
      new ScenarioFaults(std::move(plan), std::move(alerts), std::move(tell)));
}

void ScenarioFaults::start(std::chrono::steady_clock::time_point zero) {
  zero_ = zero;
  timeline_.start(zero);
}

void ScenarioFaults::stop() { timeline_.stop(); }

std::vector<std::string> ScenarioFaults::failures() const {
  std::vector<std::string> messages;
  for (auto& error : timeline_.errors()) messages.push_back(std::move(error.message));
  return messages;
}

std::vector<load::FaultPeriod> ScenarioFaults::periods() const {
  std::vector<load::FaultPeriod> periods;
  const auto truths = timeline_.truths_by_place();
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const auto& truth = truths[i];
    if (!truth.from) continue;
    load::FaultPeriod period{truth.kind, truth.target, truth.from->steady - zero_, {}, alerts_[i]};
    if (truth.to) period.to = truth.to->steady - zero_;
    periods.push_back(std::move(period));
  }
  return periods;
}

}  // namespace pim::cli
