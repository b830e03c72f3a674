// A scenario: what a run asks a server for, when, how it is broken meanwhile, and what it must
// hold. Plain values; scenario_file.h reads them from TOML, docs/load.md describes every key.
//
// Every time counts from the run's start: stages follow one another from there, the warm-up is how
// much of their beginning is not measured, and a fault's `at` is on the same clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pim::load {

// A stretch of an open model's load: the rate goes in a straight line from `from` to `to`. Steps
// and spikes are several stretches.
struct Stage {
  std::string name;                      // may be empty; the stretches of one stage share it
  double from = 0;                       // requests a second when it begins
  double to = 0;                         // when it ends
  std::chrono::nanoseconds duration{0};  // > 0

  double requests() const;  // expected
};

enum class Process : std::uint8_t {
  constant,  // evenly spaced under the rate
  poisson,   // independent arrivals with that rate as their mean
};

// So many clients, each of which asks again a while after its answer.
struct ClosedLoad {
  std::uint32_t clients = 1;
  std::chrono::nanoseconds think{0};
  std::chrono::nanoseconds duration{0};  // > 0
};

// What is asked, as a weight against the others: `write` (the next command of a session) or a query
// of operation.h.
struct MixEntry {
  std::size_t operation = 0;  // index in kOperations
  double weight = 0;          // > 0
};

struct HotPatients {
  std::uint32_t count = 0;  // 0: none; below ScenarioData::patients
  double share = 0;         // of the writes and the reads of one patient, 0 to 1
};

// What is there before the load begins, and how it is chosen from.
struct ScenarioData {
  std::uint32_t facilities = 4;   // >= 2
  std::uint32_t providers = 40;   // >= 1
  std::uint32_t patients = 1000;  // >= 1; the hot ones are the first of them
  double zipf = 0;                // exponent; 0: every patient is as likely as the others
  HotPatients hot;
};

struct ScenarioRetry {
  std::uint32_t attempts = 3;  // of one request, the first one included; 1: no retries
  double budget_percent = 10;  // retries, of first attempts
  std::chrono::milliseconds backoff{50};
  std::chrono::milliseconds max_backoff{2000};
};

struct ScenarioClient {
  std::uint32_t connections = 64;
  std::chrono::milliseconds timeout{2000};     // of an attempt
  std::chrono::milliseconds deadline{10'000};  // of a request: its waiting and all its attempts
  ScenarioRetry retry;
  double read_your_writes = 0.01;  // share of acknowledged writes that are read at their position
  double sampled = 0.01;           // share of traces that the server is asked to keep
};

enum class Measure : std::uint8_t {
  availability,            // after retries; percent, at least
  first_try_availability,  // as a client without retries sees it; percent, at least
  goodput,                 // 2xx a second over the measured part, at least
  p50,                     // latency after retries; milliseconds, at most
  p95,
  p99,
  p999,
};
std::string_view to_string(Measure measure);  // as a scenario writes it: "first_try_availability"

struct Threshold {
  std::string of;  // "all", "commands", "queries" or an operation's name
  Measure measure = Measure::availability;
  double limit = 0;
};

// What its kind can be told is the injector's to know: values are texts such as "50ms" or "5".
struct PlannedScenarioFault {
  std::chrono::nanoseconds at{0};
  std::chrono::nanoseconds length{0};  // until it is undone; 0: at once
  std::string kind;
  std::string target;  // may be empty: the server
  std::map<std::string, std::string, std::less<>> parameters;
  // What a ruler is to do: an alert fires, named as AlertFired::label() has it, with or without its
  // objective; `none`: nobody is paged; empty: nothing is said.
  std::string alert = {};
};

struct Scenario {
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  std::chrono::nanoseconds warm_up{0};  // below duration()
  Process process = Process::constant;
  std::vector<Stage> stages;         // empty: closed
  std::optional<ClosedLoad> closed;  // else open
  std::vector<MixEntry> mix;         // at least one
  ScenarioData data;
  ScenarioClient client;
  std::vector<Threshold> thresholds;         // in the file's order
  std::vector<PlannedScenarioFault> faults;  // in the file's order

  std::chrono::nanoseconds duration() const;  // the warm-up and the measured part
  double requests() const;                    // expected of an open model; 0 for a closed one
  double peak_rate() const;                   // requests a second; likewise
};

}  // namespace pim::load
