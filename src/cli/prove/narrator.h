// What goes on, on stderr, with the minutes since the proof began.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "cli/progress.h"

namespace pim::cli::prove {

class Narrator {
 public:
  // A line that stays: "1:05  SIGKILL ...".
  void say(std::string_view line);
  // As Progress::update.
  void update(std::uint64_t done, std::uint64_t total, std::string_view note) {
    progress_.update(done, total, note);
  }
  double seconds() const;

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  Progress progress_{"prove"};
};

}  // namespace pim::cli::prove
