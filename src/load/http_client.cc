#include "load/http_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "load/http_reply.h"

namespace pim::load {
namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Response to_response(const ReplyScan& scan) {
  Response response;
  response.status = scan.status;
  response.body = scan.chunked ? unchunk(scan.body) : std::string(scan.body);
  std::size_t at = scan.head.find("\r\n") + 2;
  while (at < scan.head.size()) {
    const auto end = scan.head.find("\r\n", at);
    const auto line = scan.head.substr(at, end - at);
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      auto value = line.substr(colon + 1);
      while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) {
        value.remove_prefix(1);
      }
      while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
        value.remove_suffix(1);
      response.headers.emplace_back(lower_case(line.substr(0, colon)), value);
    }
    at = end + 2;
  }
  return response;
}

std::string serialise(const Request& request, const std::string& host, std::uint16_t port) {
  std::string out;
  out.reserve(256 + request.target.size() + request.body.size());
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
  out.append(host).append(":").append(std::to_string(port)).append("\r\n");
  for (const auto& [name, value] : request.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  const bool sends_body = request.method != "GET" && request.method != "HEAD";
  if (sends_body || !request.body.empty()) {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return out.append("\r\n").append(request.body);
}

// Whether an idle connection can still carry a request: a server that closed it has sent its end.
bool is_usable(const Fd& socket) {
  char byte = 0;
  const auto got = ::recv(socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

std::string_view Response::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

HttpClient::HttpClient(std::string host, std::uint16_t port, std::chrono::milliseconds timeout)
    : host_(std::move(host)), port_(port), timeout_(timeout) {}

void HttpClient::close() {
  socket_.reset();
  buffer_.clear();
}

Result<Response, TransportError> HttpClient::send(const Request& request) {
  const Deadline deadline = Clock::now() + timeout_;
  if (socket_ && !is_usable(socket_)) close();
  if (!socket_) {
    auto connected = connect_tcp(host_, port_, deadline);
    if (!connected) return Err{TransportError{false, std::move(connected.error())}};
    socket_ = std::move(connected).value();
    buffer_.clear();
  }
  if (auto written = write_all(serialise(request, host_, port_), deadline); !written) {
    close();
    return Err{std::move(written.error())};
  }
  auto response = receive(request.method == "HEAD", deadline);
  if (!response) close();
  return response;
}

Result<void, TransportError> HttpClient::write_all(std::string_view bytes, Deadline deadline) {
  bool sent = false;
  while (!bytes.empty()) {
    const auto wrote = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (wrote > 0) {
      sent = true;
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      return Err{TransportError{sent, system_error("send", errno)}};
    }
    if (!wait_for(socket_, POLLOUT, deadline)) {
      return Err{TransportError{sent, "send: timed out"}};
    }
  }
  return {};
}

Result<Response, TransportError> HttpClient::receive(bool to_head, Deadline deadline) {
  constexpr std::size_t kStep = 16UL * 1024;
  bool ended = false;
  for (;;) {
    if (!buffer_.empty()) {
      const auto scan = scan_reply(buffer_, to_head, ended);
      if (scan.state == ReplyScan::State::malformed) {
        return Err{TransportError{
            true, ended ? "receive: the reply was cut off" : "receive: the reply is malformed"}};
      }
      if (scan.state == ReplyScan::State::complete) {
        auto response = to_response(scan);
        if (scan.keep_alive && !ended) {
          buffer_.erase(0, scan.bytes);
        } else {
          close();
        }
        return response;
      }
    }
    if (ended) return Err{TransportError{true, "receive: the connection ended before a reply"}};
    if (!wait_for(socket_, POLLIN, deadline)) {
      return Err{TransportError{true, "receive: timed out"}};
    }
    const auto before = buffer_.size();
    buffer_.resize(before + kStep);
    const auto got = ::recv(socket_.get(), buffer_.data() + before, kStep, 0);
    const int error = errno;
    buffer_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) ended = true;
    if (got < 0 && error != EINTR && error != EAGAIN && error != EWOULDBLOCK) {
      return Err{TransportError{true, system_error("receive", error)}};
    }
  }
}

}  // namespace pim::load
