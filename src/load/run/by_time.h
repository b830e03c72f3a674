// What is to be done at a time, the earliest first.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace pim::load {

template <class What>
class ByTime {
 public:
  struct Entry {
    std::chrono::nanoseconds at{0};
    What what;
  };

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const Entry& first() const { return heap_.front(); }
  void add(std::chrono::nanoseconds at, What what) {
    heap_.push_back({at, what});
    std::ranges::push_heap(heap_, later);
  }
  Entry take_first() {
    std::ranges::pop_heap(heap_, later);
    const Entry first = heap_.back();
    heap_.pop_back();
    return first;
  }

 private:
  static bool later(const Entry& a, const Entry& b) { return a.at > b.at; }
  std::vector<Entry> heap_;
};

}  // namespace pim::load
