#include "load/scenario/scenario.h"

#include <algorithm>

namespace pim::load {

std::string_view to_string(Measure measure) {
  switch (measure) {
    case Measure::availability:
      return "availability";
    case Measure::first_try_availability:
      return "first_try_availability";
    case Measure::goodput:
      return "goodput";
    case Measure::p50:
      return "p50";
    case Measure::p95:
      return "p95";
    case Measure::p99:
      return "p99";
    case Measure::p999:
      return "p999";
  }
  return {};
}

double Stage::requests() const {
  return (from + to) / 2 * std::chrono::duration<double>(duration).count();
}

std::chrono::nanoseconds Scenario::duration() const {
  if (closed) return closed->duration;
  std::chrono::nanoseconds sum{0};
  for (const auto& stage : stages) sum += stage.duration;
  return sum;
}

double Scenario::requests() const {
  double sum = 0;
  for (const auto& stage : stages) sum += stage.requests();
  return sum;
}

double Scenario::peak_rate() const {
  double peak = 0;
  for (const auto& stage : stages) peak = std::max({peak, stage.from, stage.to});
  return peak;
}

}  // namespace pim::load
