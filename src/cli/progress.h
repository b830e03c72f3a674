// Progress of long work on stderr: one line that redraws itself on a terminal, a plain line now and
// then in a pipe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pim::cli {

class Progress {
 public:
  explicit Progress(std::string label);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap enough to call for every row. `total` 0: not known.
  void update(std::uint64_t done, std::uint64_t total, std::string_view note = {});
  // A line that stays, above the bar.
  void say(std::string_view line);

 private:
  using Clock = std::chrono::steady_clock;
  void clear();

  std::string label_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point next_{};
};

}  // namespace pim::cli
