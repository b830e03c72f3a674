// What a test saw from outside: every request that it sent, and what came back.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "spine/spine.h"

namespace pim::spine {

// A request sent once. A retry is another attempt with the same key.
struct Attempt {
  CommandRequest request;     // origin.span_id names the attempt
  std::uint64_t invoked = 0;  // one logical clock orders all invocations and answers
  std::uint64_t answered = 0;
  std::optional<CommandReply> reply;
  int replies = 0;
  bool crashed = false;  // the process died before it answered
};

// From then on nothing may be written to the bucket under an older epoch.
struct Fence {
  BucketId bucket;
  std::uint64_t next_position = 0;
  Epoch epoch;
};

struct History {
  std::deque<Attempt> attempts;
  std::vector<Fence> fences;
};

// One line an attempt, for people.
std::string describe(const History& history);

// The attempt's number, in its span id.
std::array<std::uint8_t, 8> span_of(std::size_t attempt);
std::size_t attempt_of(const std::array<std::uint8_t, 8>& span);

}  // namespace pim::spine
