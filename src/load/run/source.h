// When a run asks, and what. Both are called on the runner's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "load/run/ask.h"
#include "load/run/ending.h"

namespace pim::load {

// The intended starts of an open model, ascending.
class Arrivals {
 public:
  virtual ~Arrivals() = default;
  // Since the run's start; nullopt: no more.
  virtual std::optional<std::chrono::nanoseconds> next() = 0;
};

// The answer that ended a request.
struct Answer {
  Ending ending = Ending::other;
  Version version = 0;        // of the stream; 0: not told
  std::string_view position;  // of a command: Pim-Position
};

class Source {
 public:
  virtual ~Source() = default;
  // What arrival `number` will be: it is asked where one is given up before it was prepared.
  virtual std::size_t operation(std::uint64_t number) = 0;
  // Fills in what is asked. Only what was prepared will end.
  virtual void prepare(std::uint64_t number, Ask& request) = 0;
  // After the last attempt. Not called for reads of one's own writes.
  virtual void ended(Ask& request, const Answer& answer) = 0;
};

}  // namespace pim::load
