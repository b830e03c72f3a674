#include "telemetry/otlp_receiver_testing.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace pim::telemetry {
namespace {

// One field of a protobuf message; the numbers are those of opentelemetry-proto's trace.proto
// and logs.proto.
struct Field {
  std::uint32_t number = 0;
  std::uint64_t integer = 0;  // of a varint, a fixed32 or a fixed64
  std::string_view bytes;
};

std::uint64_t varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !rest.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("a varint that does not end");
}

std::string_view take(std::string_view& rest, std::size_t size) {
  if (size > rest.size()) throw std::runtime_error("a message that ends too soon");
  const auto taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

void for_each_field(std::string_view message, const std::function<void(const Field&)>& visit) {
  while (!message.empty()) {
    const std::uint64_t tag = varint(message);
    Field field;
    field.number = static_cast<std::uint32_t>(tag >> 3U);
    switch (tag & 7U) {
      case 0:
        field.integer = varint(message);
        break;
      case 1:
        field.bytes = take(message, 8);
        std::memcpy(&field.integer, field.bytes.data(), 8);
        break;
      case 2:
        field.bytes = take(message, varint(message));
        break;
      case 5:
        field.bytes = take(message, 4);
        std::memcpy(&field.integer, field.bytes.data(), 4);
        break;
      default:
        throw std::runtime_error("no wire type");
    }
    visit(field);
  }
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string value_text(std::string_view any_value) {
  std::string text;
  for_each_field(any_value, [&](const Field& value) {
    if (value.number == 1) text = value.bytes;
    if (value.number == 2) text = value.integer != 0 ? "true" : "false";
    if (value.number == 3) text = std::to_string(value.integer);
    if (value.number == 4) {
      double number = 0;
      std::memcpy(&number, value.bytes.data(), sizeof number);
      text = std::to_string(number);
    }
  });
  return text;
}

std::pair<std::string, std::string> attribute(std::string_view message) {
  std::pair<std::string, std::string> result;
  for_each_field(message, [&](const Field& field) {
    if (field.number == 1) result.first = field.bytes;
    if (field.number == 2) result.second = value_text(field.bytes);
  });
  return result;
}

ReceivedSpan span_of(std::string_view message) {
  ReceivedSpan span;
  for_each_field(message, [&](const Field& field) {
    switch (field.number) {
      case 1:
        span.trace_id = hex(field.bytes);
        break;
      case 2:
        span.span_id = hex(field.bytes);
        break;
      case 3:
        span.trace_state = field.bytes;
        break;
      case 4:
        span.parent_id = hex(field.bytes);
        break;
      case 5:
        span.name = field.bytes;
        break;
      case 6:
        span.kind = field.integer;
        break;
      case 7:
        span.start_ns = field.integer;
        break;
      case 8:
        span.end_ns = field.integer;
        break;
      case 9:
        span.attributes.insert(attribute(field.bytes));
        break;
      case 13:
        for_each_field(field.bytes, [&](const Field& link) {
          if (link.number == 2) span.links.push_back(hex(link.bytes));
        });
        break;
      case 15:
        for_each_field(field.bytes, [&](const Field& status) {
          if (status.number == 2) span.failure = status.bytes;
          if (status.number == 3) span.status = status.integer;
        });
        break;
      default:
        break;
    }
  });
  return span;
}

ReceivedLog log_of(std::string_view message) {
  ReceivedLog log;
  for_each_field(message, [&](const Field& field) {
    switch (field.number) {
      case 1:
        log.time_ns = field.integer;
        break;
      case 2:
        log.severity = field.integer;
        break;
      case 3:
        log.severity_text = field.bytes;
        break;
      case 5:
        log.body = value_text(field.bytes);
        break;
      case 6:
        log.attributes.insert(attribute(field.bytes));
        break;
      case 8:
        log.flags = field.integer;
        break;
      case 9:
        log.trace_id = hex(field.bytes);
        break;
      case 10:
        log.span_id = hex(field.bytes);
        break;
      default:
        break;
    }
  });
  return log;
}

// Spans or log records: their requests are of one shape.
template <class Received>
std::vector<Received> all_of(std::string_view request, Received (*read)(std::string_view)) {
  std::vector<Received> all;
  for_each_field(request, [&](const Field& of_resource) {
    std::map<std::string, std::string> resource;
    for_each_field(of_resource.bytes, [&](const Field& part) {
      if (part.number == 1) {
        for_each_field(part.bytes, [&](const Field& each) {
          if (each.number == 1) resource.insert(attribute(each.bytes));
        });
      }
      if (part.number != 2) return;
      for_each_field(part.bytes, [&](const Field& scoped) {
        if (scoped.number == 2) all.push_back(read(scoped.bytes));
      });
    });
    for (auto& each : all) {
      if (each.resource.empty()) each.resource = resource;
    }
  });
  return all;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

std::size_t content_length(std::string_view head) {
  for (const std::string_view name : {"Content-Length: ", "content-length: "}) {
    const auto at = head.find(name);
    if (at != head.npos) return std::stoul(std::string(head.substr(at + name.size(), 12)));
  }
  return 0;
}

}  // namespace

OtlpReceiver::OtlpReceiver(std::uint16_t port) {
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
    throw std::runtime_error(std::string("no OTLP receiver: ") + std::strerror(errno));
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

OtlpReceiver::~OtlpReceiver() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void OtlpReceiver::run() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 20) <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    serve(connection);
    ::close(connection);
  }
}

// One request a connection.
void OtlpReceiver::serve(int connection) {
  const timeval limit{5, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string text;
  char piece[65536];
  std::size_t wanted = 0;
  bool continued = false;
  while (wanted == 0 || text.size() < wanted) {
    const auto got = ::recv(connection, piece, sizeof piece, 0);
    if (got <= 0) return;
    text.append(piece, static_cast<std::size_t>(got));
    const auto head = text.find("\r\n\r\n");
    if (head == text.npos) continue;
    wanted = head + 4 + content_length(text.substr(0, head + 2));
    if (!std::exchange(continued, true) && text.find("Expect: 100-continue") < head) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      (void)::send(connection, kGoOn.data(), kGoOn.size(), MSG_NOSIGNAL);
    }
  }
  ++requests_;
  const std::string body = text.substr(text.find("\r\n\r\n") + 4);
  const int status = status_;
  if (status == 200) {
    const bool logs = text.starts_with("POST /v1/logs ");
    const std::lock_guard lock(mutex_);
    bodies_ += body;
    if (logs) append(logs_, all_of(body, log_of));
    if (!logs) append(spans_, all_of(body, span_of));
    changed_.notify_all();
  }
  const std::string reply = "HTTP/1.1 " + std::to_string(status) +
                            " -\r\nContent-Type: application/x-protobuf\r\n"
                            "Content-Length: 0\r\nConnection: close\r\n\r\n";
  (void)::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

std::vector<ReceivedSpan> OtlpReceiver::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return spans_.size() >= count; });
  return spans_;
}

std::vector<ReceivedSpan> OtlpReceiver::spans() const {
  const std::lock_guard lock(mutex_);
  return spans_;
}

std::vector<ReceivedLog> OtlpReceiver::wait_for_logs(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return logs_.size() >= count; });
  return logs_;
}

std::vector<ReceivedLog> OtlpReceiver::logs() const {
  const std::lock_guard lock(mutex_);
  return logs_;
}

std::string OtlpReceiver::bodies() const {
  const std::lock_guard lock(mutex_);
  return bodies_;
}

}  // namespace pim::telemetry
