// Our own load generator as the benches set it against others: the same GET again and again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/result.h"
#include "load/histogram.h"

namespace pim::bench {

struct OurRun {
  std::uint16_t port = 0;
  double rate = 0;  // a second; 0: closed loop, a client for each connection
  std::chrono::seconds duration{0};
  std::size_t connections = 0;
  std::string directory;  // for the history of its calls
};

struct OurFigures {
  load::Histogram latency;    // from the intended start
  load::Histogram from_send;  // of the same requests
  std::uint64_t answered = 0;
  double per_second = 0;
  double cpu = 0;                        // of a processor, used by its thread: 0 to 1
  double cpu_micros = 0;                 // a request
  std::vector<std::string> bottlenecks;  // why it was itself the limit; empty: it was not
};

// An error: a request was not answered 200.
Result<OurFigures, std::string> run_ours(const OurRun& run);

}  // namespace pim::bench
