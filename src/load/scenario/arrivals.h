// When an open model asks: the intended starts of all its requests, one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "load/dice.h"
#include "load/scenario/scenario.h"

namespace pim::load {

// Ascending, the first one of a constant process at 0; the same for the same arguments. Each is
// reckoned from its stage's start and its number in it, so no error adds up. Not thread-safe.
class StageArrivals {
 public:
  StageArrivals(std::vector<Stage> stages, Process process, std::uint64_t seed);

  // Since the run's start; nullopt: no more.
  std::optional<std::chrono::nanoseconds> next();

 private:
  double gap();  // to the next arrival of a Poisson process, in expected arrivals

  std::vector<Stage> stages_;
  Process process_;
  Dice dice_;
  std::size_t stage_ = 0;
  std::chrono::nanoseconds stage_start_{0};
  // Where the stage's first arrival is, and under Poisson the next one, in expected arrivals from
  // its start.
  double first_ = 0;
  std::uint64_t number_ = 0;  // of the next arrival in the stage; 0 under Poisson
};

}  // namespace pim::load
