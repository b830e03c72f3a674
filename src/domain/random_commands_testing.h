// Random commands for one patient: mostly near the edge of what its state allows.
#pragma once

#include <cstdint>
#include <random>

#include "domain/command.h"
#include "domain/decide.h"
#include "domain/state.h"

namespace pim::domain_testing {

// The same seed and the same states give the same commands, on every platform.
class CommandGenerator {
 public:
  explicit CommandGenerator(std::uint64_t seed) : random_(seed) {}

  // Ids come from a small pool, so that they meet again; times lie around the encounter and `now`.
  Command next(const StreamState& state, UtcMillis now);

  // 0 to n - 1.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

 private:
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <class T, std::size_t N>
  const T& pick(const T (&options)[N]) {
    return options[below(N)];
  }
  Command patient_command();
  AdmitEncounter admission(UtcMillis now);
  Command encounter_command(const Encounter& encounter, UtcMillis now);
  Command clinical_command(const Encounter& encounter, UtcMillis now);
  Command billing_command(const Encounter& encounter);
  AddCharge charge(const Encounter& encounter);
  UtcMillis time_near(const Encounter& encounter, UtcMillis now);
  unsigned small_number() { return 1 + below(4); }

  std::mt19937_64 random_;
};

}  // namespace pim::domain_testing
