// The evidence page: every claim with its method, numbers, command to repeat it and verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/prove/claims.h"
#include "cli/prove/kills_report.h"
#include "load/run/run_result.h"

namespace pim::cli::prove {

struct Proof {
  std::string started_at;
  double seconds = 0;
  std::string commit;   // of this program
  std::string program;  // what was started as the server: pim, or a sabotaged one
  std::string machine;
  std::uint64_t seed = 0;
  std::vector<Claim> claims;
  const KillsReport* kills = nullptr;         // null: that act was not played
  const load::RunResult* pressure = nullptr;  // likewise
};

// What all of it comes to, in a sentence.
std::string sentence(const Proof& proof);

std::string to_html(const Proof& proof);  // one file, no script, nothing from elsewhere
std::string to_json(const Proof& proof);

}  // namespace pim::cli::prove
