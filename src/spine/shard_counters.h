// A shard's numbers: written by its executor (`shed` by whoever submits), read by anyone.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "spine/spine.h"

namespace pim::spine {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct ShardCounters {
  Counter commands;     // taken from the queue
  Counter events;       // committed
  Counter event_bytes;  // of their payload
  std::array<Counter, kBucketGroups> group_events;
  Counter rejected;  // committed rejections and 412s, and 404s
  Counter dedupe_hits;
  Counter conflicts;
  Counter fenced;
  Counter expired;                                // their deadline passed before their answer
  std::array<Counter, kShedReasons.size()> shed;  // by Shed
  Counter cold_loads;
  Counter cached_streams;
  Counter cache_hits;
  Counter cache_evictions;
  Counter busy_ns;
  telemetry::Histogram queue_wait;
};

}  // namespace pim::spine
