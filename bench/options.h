// The command line that all benches share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pim::bench {

struct Options {
  bool json = false;
  bool smoke = false;     // seconds instead of minutes: shows that it runs, proves no figure
  std::string directory;  // on the disk under test; made, and emptied afterwards
  std::string program;    // pim
  std::uint32_t rounds = 5;
  std::uint32_t seconds = 4;                     // a measurement
  std::map<std::string, std::uint64_t> numbers;  // the bench's own --NAME N
};

// `defaults`: the bench's own numbers. Prints and exits with 2 where the line is wrong, with 0 for
// --help.
Options parse_options(int argc, char** argv, const std::string& summary,
                      const std::map<std::string, std::uint64_t>& defaults);

class Report;
// Prints it as asked, and returns the exit code: 0, or 1 where a goal was missed (never in
// --smoke).
int conclude(const Report& report, const Options& options);

// On stderr, so that stdout is the result alone.
void progress(const std::string& text);

}  // namespace pim::bench
