// The faults of a scenario, done to a server while a run goes on; each beginning and end may be
// told to whoever collects events.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chaos/footprint.h"
#include "chaos/target.h"
#include "chaos/timeline.h"
#include "domain/result.h"
#include "load/run/fault_timeline.h"
#include "load/scenario/scenario.h"

namespace pim::cli {

class ScenarioFaults final : public load::FaultTimeline {
 public:
  // Nothing is done yet. `footprints` outlives it. `tell` is called on the timeline's thread. The
  // error names the fault that cannot be, by its place in the scenario.
  static Result<std::unique_ptr<ScenarioFaults>, std::string> make(
      const std::vector<load::PlannedScenarioFault>& planned, const pim::chaos::Target& target,
      pim::chaos::Footprints& footprints,
      std::function<void(const pim::chaos::FaultNews&)> tell = {});

  void start(std::chrono::steady_clock::time_point zero) override;
  void stop() override;
  std::vector<load::FaultPeriod> periods() const override;
  std::vector<std::string> failures() const override;

  // The same as failures(), with what kind of trouble each is.
  std::vector<pim::chaos::FaultError> errors() const { return timeline_.errors(); }

 private:
  ScenarioFaults(std::vector<pim::chaos::PlannedFault> plan, std::vector<std::string> alerts,
                 std::function<void(const pim::chaos::FaultNews&)> tell)
      : alerts_(std::move(alerts)), timeline_(std::move(plan), std::move(tell)) {}

  const std::vector<std::string> alerts_;  // that are expected, by place in the plan
  std::chrono::steady_clock::time_point zero_;
  pim::chaos::Timeline timeline_;
};

}  // namespace pim::cli
