#include "load/scenario/pick.h"

#include <algorithm>
#include <array>

#include "load/run/operation.h"

namespace pim::load {
namespace {

bool concerns_a_patient(std::size_t operation) {
  constexpr auto kOfOnePatient =
      std::to_array<std::string_view>({"write", "get-chart", "get-timeline", "list-bills"});
  return std::ranges::find(kOfOnePatient, kOperations[operation].name) != kOfOnePatient.end();
}

}  // namespace

Picker::Picker(const Scenario& scenario)
    : seed_(scenario.seed),
      mix_(scenario.mix),
      hot_(scenario.data.hot),
      others_(scenario.data.patients - scenario.data.hot.count, scenario.data.zipf) {
  double sum = 0;
  for (auto& entry : mix_) entry.weight = sum += entry.weight;
}

Pick Picker::pick(std::uint64_t number) const {
  Dice dice(seed_, 0x91C4, number);
  const double drawn = dice.unit() * mix_.back().weight;
  const auto entry = std::ranges::upper_bound(mix_, drawn, {}, &MixEntry::weight);
  Pick pick;
  pick.operation = (entry == mix_.end() ? mix_.back() : *entry).operation;
  if (!concerns_a_patient(pick.operation)) return pick;
  pick.hot = dice.chance(hot_.share);
  const std::uint64_t patient = pick.hot ? dice.below(hot_.count) : hot_.count + others_.draw(dice);
  pick.patient = static_cast<std::uint32_t>(patient);
  return pick;
}

}  // namespace pim::load
