#include "telemetry/http_receiver_testing.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace pim::telemetry {
namespace {

// The value of a header in a head; empty where it is not there. Names as libcurl sends them.
std::string value_of_header(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == head.npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

void send_text(int connection, std::string_view text) {
  (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

// More bytes onto `text`; false at the end of the connection.
bool receive(int connection, std::string& text) {
  char piece[65536];
  for (;;) {
    const auto got = ::recv(connection, piece, sizeof piece, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    text.append(piece, static_cast<std::size_t>(got));
    return true;
  }
}

}  // namespace

HttpReceiver::HttpReceiver(std::uint16_t port, Take take) : take_(std::move(take)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error(std::string("no receiver: ") + std::strerror(errno));
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

HttpReceiver::~HttpReceiver() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void HttpReceiver::run() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    serve(connection);
    ::close(connection);
  }
}

void HttpReceiver::serve(int connection) {
  const timeval limit{5, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string text;
  auto end = text.npos;
  while ((end = text.find("\r\n\r\n")) == text.npos) {
    if (!receive(connection, text)) return;
  }
  const std::string head = text.substr(0, end + 2);
  if (!value_of_header(head, "Expect").empty()) {
    send_text(connection, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  const auto whole = end + 4 + std::stoul("0" + value_of_header(head, "Content-Length"));
  while (text.size() < whole) {
    if (!receive(connection, text)) return;
  }
  ++requests_;
  const int status = status_;
  if (status == 200) take_(head, text.substr(end + 4));
  send_text(connection, "HTTP/1.1 " + std::to_string(status) +
                            " -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace pim::telemetry
