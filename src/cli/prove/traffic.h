// Mixed writes and reads over several connections, every call in the history. A call whose outcome
// is unknown (the server was killed under it) is sent again with its key until it is answered.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/prove/lab_server.h"
#include "load/histogram.h"
#include "load/history/recorder.h"
#include "load/workload.h"

namespace pim::cli::prove {

using Clock = std::chrono::steady_clock;

// One acknowledged write.
struct Sample {
  float at_seconds = 0;  // when it was answered, since the traffic's start
  float latency_ms = 0;  // from its first sending, retries included
};

// A write and the answer that it got, to be compared with a later answer to the same request.
struct Remembered {
  load::PreparedCommand command;
  int status = 0;
  std::string etag;
  load::Position position;
  std::string body;
};

// What one or all connections saw.
struct TrafficReport {
  std::vector<Sample> samples;
  load::Histogram latency;
  std::vector<std::uint64_t> by_shard = std::vector<std::uint64_t>(kShards);  // answered commands
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;          // 4xx: the session leaves that patient
  std::uint64_t retried = 0;          // sent again with the same key
  std::uint64_t resolved_replay = 0;  // an unknown outcome that turned out to be durable
  std::uint64_t misrouted = 0;        // Pim-Shard is not what locate() says
  std::uint64_t reads = 0;
  std::uint64_t stale_reads = 0;  // did not show the reader's own write
  std::uint64_t failed_reads = 0;
  std::vector<std::string> refusals;  // the first few
  std::vector<Remembered> remembered;

  void merge(TrafficReport&& other);
};

struct TrafficOptions {
  std::uint64_t seed = 1;
  std::uint32_t connections = 8;
  double rate = 1200;  // commands a second over all connections
  std::string user;
  std::string token;
};

class Traffic {
 public:
  // All references outlive it.
  Traffic(const TrafficOptions& options, const LabServer& server, load::Recorder& recorder,
          const load::ReferenceData& reference);
  ~Traffic();

  // Starts the connections, or starts them again where they left off.
  void start(Clock::time_point zero);
  // Ends after every call has its answer, or `patience` has passed without one.
  TrafficReport stop(std::chrono::milliseconds patience);

  // Commands that are on the wire now.
  std::uint32_t in_flight() const { return in_flight_.load(); }
  // Since construction.
  std::uint64_t acknowledged() const { return acknowledged_.load(); }

 private:
  struct Connection;
  void run(Connection& connection);
  std::optional<load::Completion> resolve(Connection& connection, load::Response& response);
  void note_answer(Connection& connection, const load::Completion& result,
                   const load::Response& response, Clock::time_point first_sent);
  void read_own_write(Connection& connection, const load::PreparedCommand& command,
                      const load::Completion& result);

  const TrafficOptions options_;
  const LabServer& server_;
  load::Recorder& recorder_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
  Clock::time_point zero_;
  std::atomic<bool> stopping_{false};
  std::atomic<Clock::time_point> give_up_{Clock::time_point::max()};
  std::atomic<std::uint32_t> in_flight_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
};

}  // namespace pim::cli::prove
