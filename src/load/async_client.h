// Drives many keep-alive connections from one thread: closed loop (the next request follows the
// reply), or open loop at a constant rate, where latency counts from when a request was due and not
// from when a connection was free to send it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/result.h"
#include "load/histogram.h"
#include "load/http_client.h"

namespace pim::load {

// Where requests come from and replies go to. Called on the driver's thread only.
class Traffic {
 public:
  struct Reply {
    int status = 0;
    std::string_view head;  // see find_header()
    std::string_view body;
  };
  virtual ~Traffic() = default;
  // Appends exactly one request in wire form. After failed() it must be one whose repetition is
  // harmless, or a new one.
  virtual void next(std::size_t connection, std::string& out) = 0;
  virtual void answered(std::size_t connection, const Reply& reply) = 0;
  // The connection is opened again before its next request.
  virtual void failed(std::size_t connection, const TransportError& error) = 0;
};

struct DriveOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t connections = 64;
  std::chrono::milliseconds warm_up{0};  // driven alike, not measured
  std::chrono::milliseconds duration{1000};
  double rate = 0;                                  // requests a second over all; 0: closed loop
  std::chrono::milliseconds reply_timeout{10'000};  // then the connection has failed
};

// All of the measured part.
struct DriveReport {
  Histogram latency;  // open loop: from the intended start
  std::uint64_t answered = 0;
  std::uint64_t ok = 0;            // 2xx
  std::uint64_t client_error = 0;  // 4xx
  std::uint64_t server_error = 0;  // 5xx
  std::uint64_t failed = 0;        // no reply
  // Open loop: due within the time, and sent to nobody; `latency` has them with the wait they had.
  std::uint64_t unsent = 0;
  std::uint64_t reply_bytes = 0;
  std::chrono::nanoseconds elapsed{0};
  std::chrono::nanoseconds own_cpu{0};  // of the driving thread, warm-up included
  double per_second() const;            // answered
  double ok_per_second() const;         // answered 2xx
};

// Blocks for warm-up, duration and at most `reply_timeout` for the last replies. An error: not one
// connection could be made at the start.
Result<DriveReport, std::string> drive(Traffic& traffic, const DriveOptions& options);

}  // namespace pim::load
