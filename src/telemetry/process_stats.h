// What the operating system says of this process.
#pragma once

#include <cstdint>

namespace pim::telemetry {

struct ProcessStats {
  double cpu_seconds = 0;  // user and system
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
  std::uint64_t threads = 0;
  double start_seconds = 0;  // Unix time
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};

// Thread-safe. What cannot be read is 0.
ProcessStats process_stats();

}  // namespace pim::telemetry
