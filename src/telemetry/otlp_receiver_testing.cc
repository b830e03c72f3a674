#include "telemetry/otlp_receiver_testing.h"

#include <chrono>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "telemetry/protobuf_reader_testing.h"

namespace pim::telemetry {
namespace {

// One field of a protobuf message; the numbers are those of opentelemetry-proto's trace.proto
// and logs.proto.
struct Field {
  std::uint32_t number = 0;
  std::uint64_t integer = 0;  // of a varint, a fixed32 or a fixed64
  std::string_view bytes;
};

void for_each_field(std::string_view message, const std::function<void(const Field&)>& visit) {
  while (!message.empty()) {
    const std::uint64_t tag = read_varint(message);
    Field field;
    field.number = static_cast<std::uint32_t>(tag >> 3U);
    switch (tag & 7U) {
      case 0:
        field.integer = read_varint(message);
        break;
      case 1:
        field.bytes = read_bytes(message, 8);
        std::memcpy(&field.integer, field.bytes.data(), 8);
        break;
      case 2:
        field.bytes = read_bytes(message, read_varint(message));
        break;
      case 5:
        field.bytes = read_bytes(message, 4);
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

}  // namespace

void OtlpReceiver::take(const std::string& head, const std::string& body) {
  const std::lock_guard lock(mutex_);
  bodies_ += body;
  if (head.starts_with("POST /v1/logs ")) {
    append(logs_, all_of(body, log_of));
  } else if (head.starts_with("POST /v1/traces ")) {
    append(spans_, all_of(body, span_of));
  }
  changed_.notify_all();
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
