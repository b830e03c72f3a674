// The slowest few of any number of requests.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "load/run/run_result.h"

namespace pim::load {

class Slowest {
 public:
  explicit Slowest(std::size_t most) : most_(most) {}

  // Ask first: what is kept is not cheap to make.
  bool takes(std::chrono::nanoseconds latency) const {
    return kept_.size() < most_ || latency > kept_.front().latency;
  }
  void add(SlowRequest request) {
    kept_.push_back(std::move(request));
    std::ranges::push_heap(kept_, faster_first);
    if (kept_.size() <= most_) return;
    std::ranges::pop_heap(kept_, faster_first);
    kept_.pop_back();
  }
  const std::vector<SlowRequest>& kept() const { return kept_; }

 private:
  // A heap whose front is the fastest of those kept.
  static bool faster_first(const SlowRequest& a, const SlowRequest& b) {
    return a.latency > b.latency;
  }
  const std::size_t most_;
  std::vector<SlowRequest> kept_;
};

}  // namespace pim::load
