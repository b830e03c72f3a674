#include "api/raw_client_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "api/ascii.h"

namespace pim::api {

std::string RawReply::header(const std::string& lower_name) const {
  const auto found = headers.find(lower_name);
  return found == headers.end() ? "" : found->second;
}

RawClient::RawClient(std::uint16_t port, std::uint32_t from)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (from != 0) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has ended it; receive() will tell
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::fill() {
  char bytes[16384];
  ssize_t got = -1;
  do {
    got = ::recv(fd_, bytes, sizeof bytes, 0);
  } while (got < 0 && errno == EINTR);  // a time-limited recv() is not taken up again by itself
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

std::optional<RawReply> RawClient::receive(bool without_body) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  RawReply reply;
  reply.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  reply.status = std::atoi(reply.head.substr(9, 3).c_str());
  std::string_view rest = reply.head;
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(':');
    std::string name;
    for (const char c : line.substr(0, colon)) name += to_lower(c);
    reply.headers[name] = trim(line.substr(colon + 1));
    rest.remove_prefix(line.size() + 2);
  }
  const std::string length = reply.header("content-length");
  const std::size_t size =
      without_body || length.empty() ? 0 : static_cast<std::size_t>(std::stoul(length));
  while (buffer_.size() < size) {
    if (!fill()) return std::nullopt;
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return reply;
}

bool RawClient::closed() {
  if (!buffer_.empty()) return false;
  char byte = 0;
  const ssize_t got = ::recv(fd_, &byte, 1, 0);
  if (got > 0) return false;
  return got == 0 || errno == ECONNRESET;
}

}  // namespace pim::api
