// A TCP proxy before a port of loopback, that can delay, thin, hold and end what passes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <thread>
#include <vector>

#include "chaos/net/loopback.h"
#include "chaos/net/proxy_rules.h"

namespace pim::chaos {

class Proxy {
 public:
  // A thread of its own serves until the destructor.
  static Result<std::unique_ptr<Proxy>, std::string> start(LoopbackPort listen, LoopbackPort to);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const { return port_; }
  Instrument& instrument() { return rules_; }

 private:
  struct Connection;
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::uint64_t;

  Proxy(load::Fd listener, std::uint16_t port, LoopbackPort to, load::Fd wake, load::Fd poll);
  void run();
  void accept_all();
  void take_event(std::uint64_t tag, std::uint32_t events);
  void pump(Id id);
  void pump_all();

  const load::Fd listener_;
  const std::uint16_t port_;
  const LoopbackPort to_;
  const load::Fd wake_;
  const load::Fd poll_;
  std::atomic<bool> stopping_{false};
  ProxyRules rules_;

  // of the thread
  std::map<Id, std::unique_ptr<Connection>> connections_;
  Id next_ = 1;
  struct Due {
    Time time;
    Id id;
    bool operator>(const Due& other) const { return time > other.time; }
  };
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;

  std::thread thread_;
};

}  // namespace pim::chaos
