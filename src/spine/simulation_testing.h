// One simulated life of the spine: commands, interleavings and faults, all drawn from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "spine/history_testing.h"

namespace pim::spine {

// What happened in it; added up over seeds, it shows what a run has reached.
struct SimulationCoverage {
  std::array<std::uint64_t, 10> outcomes{};  // by Outcome
  std::uint64_t replayed = 0;
  std::uint64_t crashes = 0;
  std::uint64_t fences = 0;
  std::uint64_t unknown_batches = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t cold_loads = 0;
  std::uint64_t joined_or_cached = 0;

  void add(const SimulationCoverage& other);
};

struct SimulationResult {
  std::string violation;    // empty: the history holds
  std::string history;      // described, where it does not hold
  std::uint64_t trace = 0;  // equal for equal runs
  SimulationCoverage coverage;
};

SimulationResult simulate(std::uint64_t seed);

}  // namespace pim::spine
