// Commands to patients that are there, at rates that change: what the server gave, phase by phase,
// as clients saw it from the intended starts of their requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"
#include "load/histogram.h"
#include "load/run/retry_policy.h"

namespace pim::bench {

struct Phase {
  double rate = 0;  // requests a second
  std::chrono::seconds length{0};
};

struct PressedRun {
  std::uint16_t port = 0;
  std::string token;
  std::string directory;        // for the history
  std::vector<Uuid> patients;   // asked in turn
  std::size_t connections = 0;  // at most
  std::vector<Phase> phases;    // empty: a closed model, a client a connection, for `closed_for`
  std::chrono::seconds closed_for{0};
  load::RetryPolicy retry;
};

// Requests that were due in it.
struct PressedSecond {
  std::uint64_t due = 0;
  std::uint64_t good = 0;      // ended well in it, whenever they were due
  load::Histogram admitted;    // answered well at the first attempt, from the intended start
  load::Histogram served;      // of the same: from when it was sent
  load::Histogram good_after;  // with retries
  std::uint64_t failed = 0;    // after all their attempts
};

struct PressedFigures {
  std::vector<PressedSecond> seconds;
  std::uint64_t attempts = 0;
  std::uint64_t shed = 0;  // attempts that were refused as too many
  double cpu = 0;          // of the generator's processor, 0 to 1
  std::uint64_t lag_p99_micros = 0;

  PressedSecond sum(std::size_t from, std::size_t to) const;
};

// An error: a command was refused for another reason than overload.
Result<PressedFigures, std::string> run_pressed(const PressedRun& run);

// Registers so many; the error says what was answered.
Result<std::vector<Uuid>, std::string> register_patients(const PressedRun& run, std::size_t count);

}  // namespace pim::bench
