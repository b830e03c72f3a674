// The machine that figures were measured on, and what else went on there meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pim::load::report {

// "Linux 6.1.0, 2 x Some Processor, 7.7 GiB".
std::string describe_machine();

// Shares of a period, 0 to 1.
struct MachineNoise {
  double busy = 0;    // of all processors' time
  double stolen = 0;  // that a hypervisor gave to others
  // Of the time, in which something that could have run had to wait for a processor; none: the
  // kernel does not tell.
  std::optional<double> waited;
};

// From its making on.
class NoiseWatch {
 public:
  NoiseWatch();
  // Nothing where /proc/stat cannot be read, or no time has passed.
  std::optional<MachineNoise> since() const;

 private:
  struct Reading {
    std::chrono::steady_clock::time_point time;
    std::uint64_t all = 0;  // processors' ticks
    std::uint64_t idle = 0;
    std::uint64_t stolen = 0;
    std::optional<std::uint64_t> waited_micros;
  };
  static Reading read();

  Reading first_;
};

}  // namespace pim::load::report
