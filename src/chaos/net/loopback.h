// Ports on this machine's loopback, the only ones that faults are aimed at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/result.h"
#include "load/socket.h"

namespace pim::chaos {

struct LoopbackPort {
  std::string host;  // 127.x.x.x or ::1
  std::uint16_t port = 0;
};

// Of 127.0.0.1:8080, localhost:8080, [::1]:8080. The error says what it must be.
Result<LoopbackPort, std::string> parse_loopback(std::string_view address);

// Non-blocking; the connection is under way. No socket: errno says why.
load::Fd begin_connect(const LoopbackPort& to);
// Non-blocking. `port` 0: any free one, then set to it.
Result<load::Fd, std::string> listen_on(LoopbackPort& at);

// Ends a connection by a reset.
void reset_connection(load::Fd& connection);

}  // namespace pim::chaos
