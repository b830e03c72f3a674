// The limit that an event store on SQLite can reach: a group-commit writer with nothing around it.
// No HTTP, no tokens, no rules, no hash chain, no audit: rows of an event's size, WAL,
// synchronous=FULL.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "domain/result.h"

namespace pim::bench {

struct BareOptions {
  std::string directory;  // an existing one; the file in it is kept for the next call
  std::chrono::milliseconds duration{1000};
  std::size_t event_bytes = 650;
  // Threads that each wait for their event before they send the next.
  std::size_t producers = 64;
  // An event store must refuse a second event at a version, and a second use of a request id: two
  // unique indexes. Without them it is a log.
  bool indexed = true;
};
struct BareReport {
  double events_per_second = 0;
  double events_per_commit = 0;
};
Result<BareReport, std::string> run_bare_writer(const BareOptions& options);

}  // namespace pim::bench
