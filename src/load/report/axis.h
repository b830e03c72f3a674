// One axis of a plot: where values lie on it, and which of them are written beside it.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace pim::load::report {

class Axis {
 public:
  explicit Axis(bool logarithmic = false) : log_(logarithmic) {}

  // Whether it can be shown at all.
  bool shows(double value) const { return std::isfinite(value) && (!log_ || value > 0); }
  void include(double value) {
    if (!shows(value)) return;
    min_ = any_ ? std::min(min_, value) : value;
    max_ = any_ ? std::max(max_, value) : value;
    any_ = true;
  }
  void fix(double min, double max) {
    min_ = min;
    max_ = max;
    any_ = true;
  }
  double min() const { return min_; }
  double max() const { return max_; }

  // Once all is included. Values are at the foot of an axis that grows from 0, or in whole decades.
  void round_up() {
    if (log_) {
      min_ = std::pow(10, std::floor(std::log10(any_ ? std::max(min_, 1e-3) : 1)));
      max_ = std::pow(10, std::ceil(std::log10(std::max(max_, min_ * 1.01))));
    } else {
      min_ = std::min(min_, 0.0);
      max_ = max_ > 0 ? max_ * 1.08 : 1;
    }
  }
  void widen_if_empty() {
    if (max_ <= min_) max_ = min_ + 1;
  }

  double place(double value) const {  // 0 to 1
    if (!log_) return (value - min_) / (max_ - min_);
    return (std::log10(value) - std::log10(min_)) / (std::log10(max_) - std::log10(min_));
  }

  std::vector<double> ticks() const {
    std::vector<double> all;
    if (log_) {
      for (double decade = min_; decade <= max_ * 1.001;) {
        all.push_back(decade);
        decade *= 10;
      }
      return all;
    }
    const double raw = (max_ - min_) / 5;
    const double magnitude = std::pow(10, std::floor(std::log10(raw)));
    const double step = raw / magnitude < 2   ? 2 * magnitude
                        : raw / magnitude < 5 ? 5 * magnitude
                                              : 10 * magnitude;
    const double first = std::ceil(min_ / step);
    for (int i = 0; (first + i) * step <= max_;) all.push_back((first + i++) * step);
    return all;
  }

 private:
  bool log_;
  bool any_ = false;
  double min_ = 0;
  double max_ = 1;
};

}  // namespace pim::load::report
