// An open loop of synthetic commands that remembers which of its traces the server keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "bench/traffic.h"
#include "load/async_client.h"

namespace pim::stack {

class TracedLoad {
 public:
  // Against a server's data port, as a `loadgen`.
  TracedLoad(std::uint16_t port, std::string token);

  // The providers and facilities that commands refer to; what went wrong, or nothing.
  std::string prepare();
  // Blocks. All of it is measured.
  load::DriveReport run(double rate, std::chrono::milliseconds duration);

  std::uint64_t answered() const { return traffic_.answered_requests; }
  // The trace ids of answers whose traceparent says that they are kept.
  const std::set<std::string>& kept() const { return traffic_.kept; }

 private:
  struct Traffic final : bench::CommandTraffic {
    using bench::CommandTraffic::CommandTraffic;
    void answered(std::size_t connection, const Reply& reply) override;
    std::uint64_t answered_requests = 0;
    std::set<std::string> kept;
  };

  std::uint16_t port_;
  std::string token_;
  load::ReferenceData reference_;
  Traffic traffic_;
};

}  // namespace pim::stack
