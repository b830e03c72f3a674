// How a run asks: what is not said by what it asks for (source.h) and when (arrivals.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/run/retry_policy.h"

namespace pim::load {

struct LoadUser {
  std::string name;   // the token's subject
  std::string token;  // with role loadgen
};

// A closed model: so many clients, each of which asks again a while after its answer.
struct ClosedModel {
  std::uint32_t clients = 1;
  std::chrono::nanoseconds think{0};
};

struct RunOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<LoadUser> users;  // at least one
  std::size_t connections = 64;
  std::uint64_t seed = 1;
  std::chrono::nanoseconds warm_up{0};         // asked alike, not measured
  std::chrono::nanoseconds duration{0};        // of the measured part
  std::optional<ClosedModel> closed;           // none: open
  std::chrono::milliseconds timeout{2000};     // of an attempt
  std::chrono::milliseconds deadline{10'000};  // of a request, its waiting and all attempts
  RetryPolicy retry;
  double sampled = 0.01;          // share of traces that the server is asked to keep
  double read_own_writes = 0.01;  // share of acknowledged writes that are read at their position
  std::size_t most_waiting = 200'000;  // requests; what comes beyond is never sent
};

}  // namespace pim::load
