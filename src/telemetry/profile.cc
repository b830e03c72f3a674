#include "telemetry/profile.h"

#include <string_view>

namespace pim::telemetry {

std::size_t SampledStackHash::operator()(const SampledStack& stack) const noexcept {
  const auto bytes = [](const auto& range) {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(range.data()), range.size() * sizeof(*range.data())});
  };
  return bytes(stack.frames) ^ (bytes(stack.thread) << 1U) ^ (bytes(stack.span_id) << 2U);
}

void Profile::add(const StackSample& sample, std::size_t limit) {
  SampledStack stack;
  stack.frames.assign(sample.frames.begin(), sample.frames.begin() + sample.depth);
  stack.thread = sample.thread;
  if (sample.span) {
    stack.trace_id = sample.span->trace_id;
    stack.span_id = sample.span->span_id;
  }
  const auto known = ticks.find(stack);
  if (known != ticks.end()) {
    known->second += sample.ticks;
  } else if (ticks.size() < limit) {
    ticks.emplace(std::move(stack), sample.ticks);
  } else {
    ++dropped;
  }
}

}  // namespace pim::telemetry
