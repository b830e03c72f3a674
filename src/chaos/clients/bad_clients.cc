#include "chaos/clients/bad_clients.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <deque>
#include <functional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "chaos/clients/malformed.h"
#include "chaos/net/loopback.h"

namespace pim::chaos {
namespace {

using load::Clock;
using load::Fd;
using namespace std::chrono_literals;

// Waits between two deeds no longer than this, so that an end is soon noticed.
constexpr auto kLongestNap = 50ms;

// What one of the kinds does from its beginning to its end; `hits` counts what it did.
using Deed = std::function<void(const std::stop_token&, const LoopbackPort&,
                                std::atomic<std::uint64_t>& hits)>;

class Clients final : public Effect {
 public:
  Clients(const Target& target, Deed deed) : address_(target.address), deed_(std::move(deed)) {}
  ~Clients() override { stop(); }

  FaultResult begin() override {
    const auto to = parse_loopback(address_);
    if (!to) return Err{FaultError{Trouble::usage, to.error()}};
    const auto reached = load::connect_tcp(to->host, to->port, Clock::now() + 5s);
    if (!reached) return Err{FaultError{Trouble::environment, reached.error()}};
    thread_ = std::jthread([this, to = *to](const std::stop_token& stopping) {
      sigset_t all;
      ::sigfillset(&all);
      ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
      deed_(stopping, to, hits_);
    });
    return {};
  }
  FaultResult end() override {
    stop();
    return {};
  }
  std::optional<std::uint64_t> hits() override { return hits_; }

 private:
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  const std::string address_;
  const Deed deed_;
  std::atomic<std::uint64_t> hits_{0};
  std::jthread thread_;
};

void nap_until(Clock::time_point time, const std::stop_token& stopping) {
  while (!stopping.stop_requested() && Clock::now() < time) {
    std::this_thread::sleep_until(std::min(time, Clock::now() + kLongestNap));
  }
}

// Calls `each` so many times a second, the lost ones after a pause included.
void at_rate(double rate, const std::stop_token& stopping, const std::function<void()>& each) {
  const std::chrono::nanoseconds gap(static_cast<std::int64_t>(1e9 / rate));
  for (auto next = Clock::now(); !stopping.stop_requested(); next += gap) {
    nap_until(next, stopping);
    if (!stopping.stop_requested()) each();
  }
}

bool send_bytes(const Fd& fd, std::string_view bytes) {
  return fd && ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(bytes.size());
}

// Connected, or no socket.
Fd connected(const LoopbackPort& to) {
  auto reached = load::connect_tcp(to.host, to.port, Clock::now() + 1s);
  return reached ? std::move(*reached) : Fd();
}

constexpr std::string_view kHalfHead = "GET /v1/patients HTTP/1.1\r\nHost: slow\r\nX-Slow: ";
constexpr std::string_view kHeadOfBody =
    "POST /v1/patients HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\n"
    "Content-Length: 65536\r\n\r\n";
constexpr std::string_view kWholeRequest = "GET /openapi.json HTTP/1.1\r\nHost: slow\r\n\r\n";

// One that sends a byte at a time, or asks on and on and does not read.
class SlowClient {
 public:
  // False: the server has ended the connection.
  bool go_on(const std::string& side) {
    if (side == "read") {
      send_bytes(socket_, kWholeRequest);  // until the server takes no more of them
    } else {
      send_bytes(socket_, "a");
    }
    pollfd entry{socket_.get(), POLLRDHUP, 0};
    ::poll(&entry, 1, 0);
    return (entry.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
  }
  bool begin(const LoopbackPort& to, const std::string& side) {
    socket_ = connected(to);
    if (side == "read") return static_cast<bool>(socket_);
    return send_bytes(socket_, side == "head" ? kHalfHead : kHeadOfBody);
  }
  bool open() const { return static_cast<bool>(socket_); }
  void close() { socket_.reset(); }

 private:
  Fd socket_;
};

void be_slow(const std::stop_token& stopping, const LoopbackPort& to, std::uint64_t connections,
             std::chrono::nanoseconds pace, const std::string& side,
             std::atomic<std::uint64_t>& hits) {
  std::vector<SlowClient> clients(connections);
  for (auto next = Clock::now(); !stopping.stop_requested(); next += pace) {
    for (auto& client : clients) {
      if (stopping.stop_requested()) return;
      if (client.open() && !client.go_on(side)) client.close();
      if (!client.open() && client.begin(to, side)) ++hits;
    }
    nap_until(next + pace, stopping);
  }
}

}  // namespace

std::unique_ptr<Effect> make_slow_clients(const FaultOrder& order) {
  return std::make_unique<Clients>(
      order.target, [connections = order.parameters.whole("connections"),
                     pace = order.parameters.duration("pace"),
                     side = order.parameters.text("side")](const std::stop_token& stopping,
                                                           const LoopbackPort& to,
                                                           std::atomic<std::uint64_t>& hits) {
        be_slow(stopping, to, connections, pace, side, hits);
      });
}

std::unique_ptr<Effect> make_client_resets(const FaultOrder& order) {
  return std::make_unique<Clients>(
      order.target, [rate = order.parameters.number("rate")](const std::stop_token& stopping,
                                                             const LoopbackPort& to,
                                                             std::atomic<std::uint64_t>& hits) {
        at_rate(rate, stopping, [&] {
          auto socket = connected(to);
          if (!send_bytes(socket, kHalfHead)) return;
          reset_connection(socket);
          ++hits;
        });
      });
}

std::unique_ptr<Effect> make_malformed_flood(const FaultOrder& order) {
  return std::make_unique<Clients>(
      order.target, [rate = order.parameters.number("rate")](const std::stop_token& stopping,
                                                             const LoopbackPort& to,
                                                             std::atomic<std::uint64_t>& hits) {
        constexpr std::size_t kMostOpen = 64;
        std::deque<Fd> open;  // left open a while, so that the server can answer
        std::size_t turn = 0;
        at_rate(rate, stopping, [&] {
          auto socket = connected(to);
          if (!send_bytes(socket, kMalformed[turn++ % kMalformed.size()])) return;
          ++hits;
          open.push_back(std::move(socket));
          if (open.size() > kMostOpen) open.pop_front();
        });
      });
}

}  // namespace pim::chaos
