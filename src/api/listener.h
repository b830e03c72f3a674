// A port: its socket, its I/O threads and its connections. Nothing here knows what is served.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http.h"
#include "domain/result.h"

namespace pim::api {

struct ConnectionLimits {
  std::uint32_t max_connections = 1024;
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::chrono::milliseconds header_timeout{5000};  // from a request's first byte; also a handshake
  std::chrono::milliseconds body_timeout{10000};   // from the end of the head; also for a write
  std::chrono::milliseconds idle_timeout{60000};   // between requests
};

struct ListenerOptions {
  std::string address;           // IPv4 or IPv6, numeric
  std::uint16_t port = 0;        // 0: the system chooses
  std::string certificate_file;  // PEM; empty: no TLS
  std::string key_file;
  bool plain_beyond_loopback = false;  // no TLS there either: something else is the wall
  std::uint32_t threads = 1;
  ConnectionLimits limits;
};

bool is_loopback(const std::string& address);

// The phases in which a connection can time out.
inline constexpr auto kTimeoutPhases =
    std::to_array<std::string_view>({"handshake", "idle", "head", "body", "write"});

struct ListenerStats {
  std::uint64_t open = 0;       // connections
  std::uint64_t in_flight = 0;  // requests under way
  std::uint64_t refused = 0;    // connections answered 503
  std::uint64_t dropped = 0;    // connections closed without an answer
  std::uint64_t rests = 0;      // of connections whose request was shed
  std::array<std::uint64_t, kTimeoutPhases.size()> timeouts{};
};

// Thread-safe.
class Listener {
 public:
  // Binds and starts the threads. `handler` outlives the listener. The error says what to do.
  static Result<std::unique_ptr<Listener>, std::string> open(const ListenerOptions& options,
                                                             HttpHandler& handler);
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;
  // From here on connections are accepted; before, they are refused by the system.
  virtual Result<void, std::string> accept() = 0;
  // No new connections; open ones end once their request is answered. False at the limit.
  virtual bool drain(std::chrono::milliseconds limit) = 0;
  // Closes everything and joins the threads. Answers that come later are dropped.
  virtual void stop() = 0;
  virtual ListenerStats stats() const = 0;
};

}  // namespace pim::api
