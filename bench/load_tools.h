// Load generators of others, run as their manuals say, and what they themselves report.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "domain/result.h"

namespace pim::bench {

inline constexpr std::array<double, 5> kPercents{50, 90, 99, 99.9, 100};

// Latencies in milliseconds at kPercents, as a tool says them.
struct ToolFigures {
  std::array<double, kPercents.size()> milliseconds{};
  std::uint64_t requests = 0;  // that it reports
  std::uint64_t dropped = 0;   // k6: iterations that were due and that no VU was free for
};

struct ToolRun {
  std::uint16_t port = 0;
  double rate = 0;  // a second
  std::chrono::seconds duration{0};
  std::size_t connections = 0;  // hey: workers; k6: VUs
  std::string directory;        // for scripts and output
};

// Whether it is found in PATH.
bool installed(const std::string& program);

// Closed loop of `connections` workers, each limited to its share of the rate. From its CSV, which
// has every request.
Result<ToolFigures, std::string> run_hey(const ToolRun& run);
// Closed loop, without a limit (it has none): `connections` set its rate. One thread.
Result<ToolFigures, std::string> run_wrk(const ToolRun& run);
// Its executor `constant-arrival-rate`, all VUs allocated before; figures of http_req_duration.
Result<ToolFigures, std::string> run_k6(const ToolRun& run);

// A line `figures P50 P90 P99 P99.9 MAX REQUESTS DROPPED` anywhere in the text, latencies in ms.
Result<ToolFigures, std::string> parse_figures(const std::string& text);
// hey's `-o csv`. An error: no such table, or a request without a reply of 200.
Result<ToolFigures, std::string> parse_hey_csv(const std::string& text);

}  // namespace pim::bench
