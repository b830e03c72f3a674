#include "chaos/net/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>

namespace pim::chaos {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address socket_address(const LoopbackPort& port) {
  Address address;
  if (port.host.find(':') != port.host.npos) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port.port);
    v6->sin6_addr = in6addr_loopback;
    address.size = sizeof *v6;
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port.port);
    ::inet_pton(AF_INET, port.host.c_str(), &v4->sin_addr);
    address.size = sizeof *v4;
  }
  return address;
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (host == "::1") return true;
  return ::inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

load::Fd new_stream(const Address& address) {
  load::Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (fd) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace

Result<LoopbackPort, std::string> parse_loopback(std::string_view address) {
  LoopbackPort result;
  const auto colon = address.rfind(':');
  if (colon != address.npos) {
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    result.host = host == "localhost" ? "127.0.0.1" : std::string(host);
    const auto port = address.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
    if (error == std::errc{} && end == port.data() + port.size() && is_loopback(result.host)) {
      return result;
    }
  }
  return Err{"'" + std::string(address) +
             "' must be a port on loopback, such as 127.0.0.1:8080; faults go nowhere else"};
}

load::Fd begin_connect(const LoopbackPort& to) {
  auto address = socket_address(to);
  auto fd = new_stream(address);
  if (fd && ::connect(fd.get(), address.any(), address.size) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    fd.reset();
    errno = error;
  }
  return fd;
}

Result<load::Fd, std::string> listen_on(LoopbackPort& at) {
  auto address = socket_address(at);
  auto fd = new_stream(address);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!fd || ::bind(fd.get(), address.any(), address.size) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0 ||
      ::getsockname(fd.get(), address.any(), &address.size) != 0) {
    return Err{
        load::system_error("listening on " + at.host + ":" + std::to_string(at.port), errno)};
  }
  at.port = ntohs(at.host.find(':') != at.host.npos
                      ? reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port
                      : reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
  return fd;
}

void reset_connection(load::Fd& connection) {
  if (!connection) return;
  const linger at_once{1, 0};
  ::setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  connection.reset();
}

}  // namespace pim::chaos
