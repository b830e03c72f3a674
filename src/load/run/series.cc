#include "load/run/series.h"

#include <algorithm>
#include <utility>

namespace pim::load {
namespace {

constexpr std::int64_t kMostIntervals = 7200;

}  // namespace

std::chrono::nanoseconds interval_for(std::chrono::nanoseconds run) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(run).count();
  return std::chrono::seconds(
      std::max<std::int64_t>(1, (seconds + kMostIntervals - 1) / kMostIntervals));
}

Series::Series(std::chrono::nanoseconds width, std::chrono::nanoseconds horizon)
    : width_(width), open_most_(static_cast<std::size_t>(horizon / width) + 2) {}

Interval& Series::at(std::chrono::nanoseconds now) {
  const std::size_t wanted = index_of(now);
  while (intervals_.size() <= wanted) {
    Interval& next = intervals_.emplace_back();
    next.from = static_cast<std::int64_t>(intervals_.size() - 1) * width_;
    if (open_.size() < open_most_) {
      open_.emplace_back();
      continue;
    }
    close_first();
    Histogram again = std::move(open_.front());
    open_.pop_front();
    again.clear();
    open_.push_back(std::move(again));
    ++first_open_;
  }
  return intervals_[wanted];
}

void Series::latency(std::chrono::nanoseconds due, std::chrono::nanoseconds latency) {
  const std::size_t index = std::max(index_of(due), first_open_) - first_open_;
  if (index < open_.size()) open_[index].record(latency);
}

void Series::close_first() {
  const Histogram& latency = open_.front();
  Interval& interval = intervals_[first_open_];
  interval.p50_micros = latency.percentile(50);
  interval.p99_micros = latency.percentile(99);
  interval.p999_micros = latency.percentile(99.9);
  interval.max_micros = latency.max();
}

std::vector<Interval> Series::finish() {
  for (; !open_.empty(); open_.pop_front(), ++first_open_) close_first();
  return std::exchange(intervals_, {});
}

}  // namespace pim::load
