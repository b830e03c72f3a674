// The demo: a server, data in, load on, SIGKILLs in the middle of writes, and then the question
// whether anything acknowledged was lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pim::cli::demo {

struct DemoOptions {
  std::string seed_dir = "seed";
  std::string out = "out/demo";
  std::uint64_t seed = 20250601;
  std::uint32_t connections = 12;
  double rate = 1500;  // commands a second
  std::uint32_t kills = 4;
  std::chrono::seconds under_kills{24};
  std::chrono::seconds calm{6};
  bool sabotage = false;  // the binary that acknowledges before it commits
  bool keep = false;      // leave a server up on the data
};

// Prints progress to stderr and the claims to stdout; writes OUT/report.html and OUT/report.json.
// Returns an ExitCode.
int run_demo(const DemoOptions& options);

}  // namespace pim::cli::demo
