// The design's claims, what was done to show each, and the verdict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"

namespace pim::cli::prove {

enum class Verdict { proved, failed, not_delivered, inconclusive };
std::string_view to_string(Verdict verdict);

struct Check {
  std::string what;      // "every acknowledged write is in the history"
  std::string evidence;  // the figures it was judged by
  bool holds = false;
};

inline constexpr int kPremise = 0;
inline constexpr int kClaims = 6;

struct Claim {
  int number = 0;  // 1 to 6, or kPremise
  std::string text;
  std::string method;   // what was done to show it
  std::string command;  // does it again
  std::vector<Check> checks = {};
  std::string doubt = {};    // why the checks decide nothing unless one fails; empty: they decide
  std::string missing = {};  // what is not delivered of it, or why all of it; may be empty

  // Of no checks: not delivered.
  Verdict verdict() const;
};

// The six claims and what they all rest on, with no checks yet.
std::vector<Claim> all_claims();
// The claim of that number in `claims`, which has it.
Claim& claim_of(std::vector<Claim>& claims, int number);

bool any_fails(const std::vector<Claim>& claims);
// 1 where one failed, else 4 where one is inconclusive, else 0.
ExitCode exit_code_of(const std::vector<Claim>& claims);
// Of a run in which `sabotaged` was made to fail: 1 where it did, whatever the others came to; else
// 4, since then the run shows that its checks are blind, or nothing.
ExitCode exit_code_of(const std::vector<Claim>& claims, int sabotaged);

// The table for a terminal or a pipe.
std::string to_text(const std::vector<Claim>& claims);
std::string to_json(const std::vector<Claim>& claims);

}  // namespace pim::cli::prove
