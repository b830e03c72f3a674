// What tests of the runner share: evenly spaced arrivals, a source of one kind of request, and a
// server whose answers are made from a request's own id.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "load/loopback_testing.h"
#include "load/run/runner.h"
#include "load/temporary_directory_testing.h"
#include "telemetry/metrics.h"

namespace pim::load {

class EvenArrivals final : public Arrivals {
 public:
  EvenArrivals(double rate, std::uint64_t count) : rate_(rate), count_(count) {}
  std::optional<std::chrono::nanoseconds> next() override;

 private:
  double rate_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

// Asks one operation of patient 1 again and again; numbers its request ids.
class PlainSource final : public Source {
 public:
  explicit PlainSource(std::string_view operation = "get-chart");
  std::size_t operation(std::uint64_t) override { return operation_; }
  void prepare(std::uint64_t number, Ask& ask) override;
  void ended(Ask& ask, const Answer& answer) override;

  std::function<void(std::uint64_t number)> on_prepare;
  std::map<std::string, Ending> endings;  // by request id

 private:
  std::size_t operation_;
};

// Notes when the run began; breaks nothing.
class NotedStart final : public FaultTimeline {
 public:
  void start(std::chrono::steady_clock::time_point at) override { zero = at; }
  void stop() override { ++stops; }
  std::vector<FaultPeriod> periods() const override { return planned; }

  std::chrono::steady_clock::time_point zero;
  int stops = 0;
  std::vector<FaultPeriod> planned;
};

// A request as a server saw it.
struct SeenRequest {
  std::string method;
  std::string path;
  std::string id;  // Idempotency-Key or X-Request-Id
  std::string head;
  std::chrono::steady_clock::time_point at;
};
SeenRequest seen_request(const std::string& request);
std::string reply_of(int status, const std::string& headers = "", const std::string& body = "{}");

// A run against `port`, and all that it needs.
class TestRun {
 public:
  explicit TestRun(std::uint16_t port);
  // Fails the test where the run could not be begun.
  RunResult run(Source& source, Arrivals* arrivals);

  RunOptions options;
  NotedStart faults;
  std::atomic<bool> interrupted{false};
  telemetry::Registry registry;
  LiveBoard board;
  TemporaryDirectory directory;
  std::string history_file() const { return directory.path("history"); }
};

// The sum over a result's operations.
std::uint64_t total(const RunResult& result,
                    const std::function<std::uint64_t(const OperationResult&)>& of);

}  // namespace pim::load
