// `pim prove`: plays the acts that show the claims, and writes the proof.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::cli::prove {

struct ProveOptions {
  std::string seed_dir = "seed";
  std::string out;      // empty: out/prove, or out/demo for the short form
  std::string links;    // a file of docs/formats/links-file.md; empty: none
  std::string cluster;  // a file of docs/formats/cluster-file.md; empty: none
  std::uint64_t seed = 20250601;
  double rate = 1500;       // commands a second, of the act of kills
  std::uint32_t kills = 0;  // 0: as the form has it
  bool short_form = false;
  std::vector<int> claims;  // to be shown, with no other acts than they need; empty: all
  int sabotage = 0;         // the claim that is to fail; 0: none
  bool keep = false;        // leave a server up on the data
};

// Prints progress to stderr and the claims to stdout; writes OUT/report.html, OUT/report.json and
// plots as OUT/*.svg. Returns an ExitCode.
int run_prove(const ProveOptions& options);

}  // namespace pim::cli::prove
