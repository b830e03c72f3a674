#include "cli/prove/narrator.h"

#include <cstdio>
#include <string>

namespace pim::cli::prove {

void Narrator::say(std::string_view line) {
  const auto whole = static_cast<unsigned>(seconds());
  char minutes[32];
  std::snprintf(minutes, sizeof minutes, "%2u:%02u  ", whole / 60, whole % 60);
  progress_.say(minutes + std::string(line));
}

double Narrator::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace pim::cli::prove
