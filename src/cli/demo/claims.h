// The design's claims, what was done to show each, and the verdict.
#pragma once

#include <string>
#include <vector>

namespace pim::cli::demo {

enum class Verdict { holds, fails, not_delivered };
std::string_view to_string(Verdict verdict);

struct Check {
  std::string what;      // "every acknowledged write is in the history"
  std::string evidence;  // the figures it was judged by
  bool holds = false;
};

inline constexpr int kPremise = 0;

struct Claim {
  int number = 0;  // 1 to 6, or kPremise
  std::string text;
  std::vector<Check> checks;  // empty: not delivered
  std::string missing;        // what is not delivered of it; may be empty

  Verdict verdict() const;
};

// The six claims and what they all rest on, with no checks yet.
std::vector<Claim> all_claims();

bool any_fails(const std::vector<Claim>& claims);
// The table for a terminal or a pipe.
std::string to_text(const std::vector<Claim>& claims);
std::string to_json(const std::vector<Claim>& claims);

}  // namespace pim::cli::demo
