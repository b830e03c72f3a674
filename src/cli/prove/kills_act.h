// The act of kills: a server, data in, load on, SIGKILLs in the middle of writes, and then the
// question whether anything acknowledged was lost. Shows claims 1, 2, 4 and the premise.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/prove/claims.h"
#include "cli/prove/kills_report.h"
#include "cli/prove/narrator.h"
#include "cli/prove/stop.h"

namespace pim::cli::prove {

struct KillsOptions {
  std::string seed_dir;
  std::string out;
  std::uint64_t seed = 1;
  std::uint32_t connections = 12;
  double rate = 1500;  // commands a second
  std::uint32_t kills = 4;
  std::chrono::seconds under_kills{24};
  std::chrono::seconds calm{6};
  std::string bug;  // of the server (store/planted.h); empty: none
};

// Leaves nothing behind but what keep() keeps. One thread.
class KillsAct {
 public:
  // `narrator` outlives it.
  KillsAct(const KillsOptions& options, Narrator& narrator);
  ~KillsAct();

  // Fills in the claims that it shows. Once. Writes OUT/history.bin and OUT/export.jsonl.
  Step run(std::vector<Claim>& claims);
  // After run().
  const KillsReport& report() const;
  // Leaves a server of its own session on the data, and says on stdout what to try on it.
  void keep();

 private:
  class Play;
  std::unique_ptr<Play> play_;
};

}  // namespace pim::cli::prove
