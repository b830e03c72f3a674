// A process that cannot be mistaken for a later one of the same pid, and signals to it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/result.h"

namespace pim::chaos {

struct ProcessId {
  pid_t pid = 0;
  std::uint64_t started = 0;  // clock ticks after the machine's start
};

// Of the process that has this pid now.
std::optional<ProcessId> identify(pid_t pid);
// False once it has ended, reaped or not.
bool is_alive(const ProcessId& process);
bool is_stopped(const ProcessId& process);
// Empty where it cannot be read.
std::vector<std::string> command_line(const ProcessId& process);

// The signal reaches this process or none.
Result<void, std::string> send_signal(const ProcessId& process, int signal);

// False: it lives on after `limit`.
bool wait_for_end(const ProcessId& process, std::chrono::milliseconds limit);

void sleep_between_looks();

// Looks every few milliseconds; false where `is_so` is not so within `limit`.
template <class Condition>
bool wait_until_so(std::chrono::milliseconds limit, const Condition& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    sleep_between_looks();
  }
  return true;
}

}  // namespace pim::chaos
