#include "load/loopback_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <utility>

#include "load/http_reply.h"

namespace pim::load {
namespace {

// The bytes of the first whole request in `input`; 0 where it is not all there.
std::size_t request_bytes(const std::string& input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  std::size_t body = 0;
  const auto length = find_header(std::string_view(input).substr(0, end + 2), "content-length");
  std::from_chars(length.data(), length.data() + length.size(), body);
  return input.size() >= end + 4 + body ? end + 4 + body : 0;
}

}  // namespace

LoopbackServer::LoopbackServer(Script script)
    : script_(std::move(script)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 128) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() { stop(); }

void LoopbackServer::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
  listener_.reset();
}

void LoopbackServer::serve() {
  std::vector<Peer> peers;
  for (;;) {
    std::vector<pollfd> entries{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const Peer& peer : peers) {
      entries.push_back({peer.fd.get(), static_cast<short>(peer.hanging ? 0 : POLLIN), 0});
    }
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    if (entries[0].revents != 0) return;
    for (std::size_t i = peers.size(); i-- > 0;) {
      if (entries[i + 2].revents != 0 && !read_from(peers[i])) {
        peers.erase(peers.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    if (entries[1].revents != 0) accept_one(peers);
  }
}

void LoopbackServer::accept_one(std::vector<Peer>& peers) {
  Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (fd) peers.push_back({std::move(fd), connections_++, {}, false});
}

bool LoopbackServer::read_from(Peer& peer) {
  char bytes[16 * 1024];
  const auto got = ::recv(peer.fd.get(), bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  peer.input.append(bytes, static_cast<std::size_t>(got));
  while (const auto size = request_bytes(peer.input)) {
    ++requests_;
    const auto reply = script_(peer.input.substr(0, size), peer.number);
    peer.input.erase(0, size);
    if (!reply.bytes.empty() &&
        ::send(peer.fd.get(), reply.bytes.data(), reply.bytes.size(), MSG_NOSIGNAL) < 0) {
      return false;
    }
    if (reply.then == ScriptedReply::Then::hang) {
      peer.hanging = true;
      return true;
    }
    if (reply.then == ScriptedReply::Then::reset) {
      // Closing with linger 0 sends a RST instead of the end of the stream.
      const linger now{1, 0};
      ::setsockopt(peer.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
      return false;
    }
    if (reply.then == ScriptedReply::Then::close) return false;
  }
  return true;
}

std::string ok_reply(const std::string& body, const std::string& extra_headers) {
  return "HTTP/1.1 200 OK\r\n" + extra_headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace pim::load
