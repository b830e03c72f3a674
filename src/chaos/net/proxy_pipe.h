// One direction of a proxied connection: bytes that have come, each lot with the time at which it
// may go on.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "chaos/net/proxy_rules.h"

namespace pim::chaos {

// A socket, and what epoll said of it since it last said no.
struct ProxyEnd {
  load::Fd socket;
  bool readable = false;
  bool writable = false;
};

// One thread.
class ProxyPipe {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit ProxyPipe(Way way) : way_(way) {}

  enum class Outcome : std::uint8_t { waits, ended, broken };
  // Moves what can be moved. Ended: all has gone, and its end too. Broken: reset both ends.
  Outcome pump(ProxyEnd& from, ProxyEnd& to, ProxyRules& rules);

  // When the next lot may go; nothing where none waits for its time.
  std::optional<Time> due() const;

 private:
  struct Lot {
    std::string bytes;
    std::size_t sent = 0;
    Time time;
  };
  bool read_lot(ProxyEnd& from, ProxyRules& rules);
  bool write_lot(ProxyEnd& to, Time now);

  const Way way_;
  std::deque<Lot> lots_;
  std::size_t waiting_ = 0;  // bytes
  Time last_;                // when the last lot that came may go
  bool held_ = false;
  bool at_end_ = false;  // of what comes
  bool broken_ = false;
};

}  // namespace pim::chaos
