// A server whose pauses are known: bench/paused_server_main as a process, stopped with SIGSTOP from
// here and stalled from within. What it met in truth it records itself.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "domain/result.h"
#include "load/child_process.h"
#include "pauses.h"

namespace pim::bench {

// Times since the first request; in order, none of them together.
struct PausePlan {
  struct Entry {
    std::chrono::milliseconds at{0};
    std::chrono::milliseconds length{0};
  };
  std::vector<Entry> stops;   // SIGSTOP until SIGCONT
  std::vector<Entry> stalls;  // the thread that serves sleeps
};

// What happened, by the monotonic clock (load::Clock has the same).
struct PausedServerRecord {
  std::chrono::nanoseconds first{0};  // when the first request arrived
  std::uint64_t requests = 0;         // that arrived
  std::vector<Pause> pauses;          // every time it stood still, the machine's doing included
};

// Whether every pause of the plan did, and as long as it should.
bool took_place(const PausePlan& plan, const PausedServerRecord& record);

struct PausedServerOptions {
  std::string directory;  // for its record
  ServiceTimes services;  // both 0: it answers at once, at the cost of two system calls
  PausePlan plan;
  int cpu = -1;  // to run on; -1: any
};

class PausedServer {
 public:
  // Returns when it listens. The program stands beside this one.
  static Result<std::unique_ptr<PausedServer>, std::string> start(
      const PausedServerOptions& options);
  ~PausedServer();
  PausedServer(const PausedServer&) = delete;
  PausedServer& operator=(const PausedServer&) = delete;

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_.pid(); }
  // Stops of the plan that are over.
  std::size_t stopped() const { return stopped_; }
  // Ends it, and what is left of the plan.
  Result<PausedServerRecord, std::string> finish();

 private:
  PausedServer(load::ChildProcess process, std::string record_file, PausePlan plan);
  void stop_and_continue(const std::stop_token& stop);

  load::ChildProcess process_;
  std::string record_file_;
  PausePlan plan_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> stopped_{0};
  std::jthread stopper_;
};

// What it writes, one line each: `port N`, `first NS`, `pause FROM TO`, `requests N`. An error: a
// line that is none of these, or no `requests`, which is the last one.
Result<PausedServerRecord, std::string> parse_record(const std::string& text);

}  // namespace pim::bench
