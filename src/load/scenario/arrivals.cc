#include "load/scenario/arrivals.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pim::load {
namespace {

// Arrivals by which two calculations of one place may differ.
constexpr double kRounding = 1e-6;

// When the expected number of a stage's arrivals reaches `expected`, which is below all of them:
// the root of from t + (to - from) t^2 / 2d, in the form that does not cancel.
std::chrono::nanoseconds time_of(const Stage& stage, double expected) {
  if (expected <= 0) return std::chrono::nanoseconds(0);
  const double length = std::chrono::duration<double>(stage.duration).count();
  const double slope = (stage.to - stage.from) / length;
  const double square = stage.from * stage.from + 2 * slope * expected;
  const double seconds = 2 * expected / (stage.from + std::sqrt(std::max(square, 0.0)));
  return std::min(std::chrono::nanoseconds(std::llround(seconds * 1e9)), stage.duration);
}

}  // namespace

StageArrivals::StageArrivals(std::vector<Stage> stages, Process process, std::uint64_t seed)
    : stages_(std::move(stages)), process_(process), dice_(seed, 0xA221, 0) {
  if (process_ == Process::poisson) first_ = gap();
}

std::optional<std::chrono::nanoseconds> StageArrivals::next() {
  while (stage_ < stages_.size()) {
    const Stage& stage = stages_[stage_];
    const double all = stage.requests();
    const double expected = first_ + static_cast<double>(number_);
    if (expected < all - kRounding) {
      if (process_ == Process::poisson) {
        first_ += gap();
      } else {
        ++number_;
      }
      return stage_start_ + time_of(stage, expected);
    }
    first_ = expected - all;
    number_ = 0;
    stage_start_ += stage.duration;
    ++stage_;
  }
  return std::nullopt;
}

double StageArrivals::gap() { return -std::log1p(-dice_.unit()); }

}  // namespace pim::load
