// One request from its intended start to its end, over all its attempts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "telemetry/trace.h"

namespace pim::load {

// Kept and filled again by the runner, so that its texts keep their memory.
struct Ask {
  // What is asked: the same at every attempt.
  std::size_t operation = 0;  // see operation.h
  std::string_view method;
  std::string path;
  std::string body;
  std::string request_id;
  Uuid stream;  // the routing id; nil: of several
  std::optional<Version> if_match;
  std::string min_position;  // Pim-Min-Position; empty: none
  Version wanted = 0;        // a read of one's own write: the answer shows at least this version
  std::uint32_t user = 0;    // whose token
  std::uint32_t place = 0;   // the source's business
  std::int32_t shard = -1;   // where it was last known to be answered

  // How it went so far; times since the run's start.
  std::chrono::nanoseconds due{0};
  std::chrono::nanoseconds first_sent{0};
  std::uint32_t attempts = 0;  // begun
  telemetry::TraceContext trace;
  std::uint64_t call = 0;  // of the attempt under way: its number in the history
};

}  // namespace pim::load
