// What a scenario asks for, of its population.
#pragma once

#include <cstdint>
#include <string_view>

#include "load/run/population.h"
#include "load/run/source.h"
#include "load/scenario/pick.h"

namespace pim::load {

class ScenarioSource final : public Source {
 public:
  // `population` outlives it and is set up. users >= 1.
  ScenarioSource(const Scenario& scenario, Population& population, std::uint32_t users)
      : picker_(scenario), population_(population), users_(users) {}

  std::size_t operation(std::uint64_t number) override { return picker_.pick(number).operation; }
  void prepare(std::uint64_t number, Ask& request) override;
  void ended(Ask& request, const Answer& answer) override;

 private:
  void write(Ask& request);
  void write_hot(std::uint32_t patient, Dice& dice, Ask& request);
  void read(std::uint32_t patient, Dice& dice, Ask& request);

  Picker picker_;
  Population& population_;
  std::uint32_t users_;
  std::uint64_t hot_writes_ = 0;
};

}  // namespace pim::load
