// Scenarios, and the first arrivals and picks of those that are right.
#include "fuzz.h"
#include "load/run/operation.h"
#include "load/scenario/arrivals.h"
#include "load/scenario/pick.h"
#include "load/scenario/scenario_file.h"

namespace pim::fuzz {
namespace {

constexpr int kFirst = 200;

void arrive(const load::Scenario& scenario) {
  load::StageArrivals arrivals(scenario.stages, scenario.process, scenario.seed);
  std::chrono::nanoseconds last{0};
  for (int i = 0; i < kFirst; ++i) {
    const auto next = arrivals.next();
    if (!next) break;
    require(*next >= last, "arrivals ascend");
    require(*next <= scenario.duration(), "arrivals end with the stages");
    last = *next;
  }
}

void pick(const load::Scenario& scenario) {
  const load::Picker picker(scenario);
  for (std::uint64_t i = 0; i < kFirst; ++i) {
    const auto picked = picker.pick(i);
    require(picked.operation < load::kOperations.size(), "an operation is picked");
    require(picked.patient < scenario.data.patients, "a patient who is there is picked");
  }
}

}  // namespace
}  // namespace pim::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pim;
  const auto scenario = load::parse_scenario(fuzz::as_text(data, size), "s.toml");
  if (!scenario) {
    fuzz::require(!scenario.error().messages.empty(), "an error says what");
    for (const auto& message : scenario.error().messages) {
      fuzz::require(message.starts_with("s.toml:") && !message.starts_with("s.toml:0"),
                    "an error says where");
      fuzz::require(message.find('\n') == std::string::npos, "an error is one line");
    }
    return 0;
  }
  fuzz::require(scenario->duration() > scenario->warm_up, "something is measured");
  fuzz::require(!scenario->mix.empty(), "something is asked for");
  fuzz::arrive(*scenario);
  fuzz::pick(*scenario);
  return 0;
}
