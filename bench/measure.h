// What every bench needs to measure honestly: the machine and its noise, what a sync costs now, the
// CPU a process spent, and medians with their spread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "load/histogram.h"

namespace pim::bench {

struct Machine {
  std::string cpu;
  unsigned cores = 0;
  std::uint64_t memory_mib = 0;
  std::string kernel;
  std::string file_system;  // of the directory that the bench writes to
  bool syncs = true;        // false: a memory file system, where a sync costs nothing
};
Machine describe_machine(const std::string& directory);

// What else ran since it was made: the share of CPU time that was stolen by the hypervisor.
class NoiseMeter {
 public:
  NoiseMeter();
  double stolen_percent() const;

 private:
  std::uint64_t total_ = 0;
  std::uint64_t stolen_ = 0;
};

// Appends 4 KiB and calls fdatasync, `times` times, on a file of its own in `directory`.
load::Histogram calibrate_sync(const std::string& directory, int times);

// User and system time of a process so far. Zero where it cannot be read.
struct CpuTime {
  std::chrono::nanoseconds user{0};
  std::chrono::nanoseconds system{0};
};
CpuTime cpu_time_of(pid_t pid);
// Resident set now and at most, MiB.
struct Memory {
  double resident_mib = 0;
  double peak_mib = 0;
};
Memory memory_of(pid_t pid);

struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};
// Of at least one value.
Spread spread_of(std::vector<double> values);

}  // namespace pim::bench
