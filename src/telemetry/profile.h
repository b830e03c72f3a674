// What a profiler saw over a time: how often which stack, of which thread, for which span.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "telemetry/sample_ring.h"
#include "telemetry/trace.h"

namespace pim::telemetry {

struct SampledStack {
  std::vector<std::uintptr_t> frames;  // innermost first; return addresses but the first
  std::array<char, 16> thread{};       // its name, ended by a zero
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};  // all zero: for no span

  bool operator==(const SampledStack&) const = default;
};

struct SampledStackHash {
  std::size_t operator()(const SampledStack& stack) const noexcept;
};

struct Profile {
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{0};
  std::chrono::nanoseconds period{0};  // CPU time that a tick stands for
  std::unordered_map<SampledStack, std::uint64_t, SampledStackHash> ticks;
  std::uint64_t dropped = 0;  // samples for which there was no room

  // `limit`: distinct stacks; a sample of a further one is dropped and counted.
  void add(const StackSample& sample, std::size_t limit);
};

}  // namespace pim::telemetry
