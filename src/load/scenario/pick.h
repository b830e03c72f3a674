// What a request asks for, and of which patient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "load/dice.h"
#include "load/scenario/scenario.h"
#include "load/scenario/zipf.h"

namespace pim::load {

struct Pick {
  std::size_t operation = 0;  // index in kOperations
  // Of the patients that were there before the load: the one to read, or, of a hot write, to write
  // to in a way that needs no order. A write that is not hot goes to a session's own patient.
  std::uint32_t patient = 0;
  bool hot = false;
};

// Pick `number` depends on nothing but the scenario and the number. Thread-safe.
class Picker {
 public:
  explicit Picker(const Scenario& scenario);
  Pick pick(std::uint64_t number) const;

 private:
  std::uint64_t seed_;
  std::vector<MixEntry> mix_;  // each weight is the sum up to it
  HotPatients hot_;
  Zipf others_;  // the patients that are not hot
};

}  // namespace pim::load
