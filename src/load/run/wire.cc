#include "load/run/wire.h"

#include <algorithm>
#include <charconv>

#include "load/run/operation.h"

namespace pim::load {
namespace {

constexpr std::int64_t kMostDeadline = 60'000;  // that the server takes

void append_number(std::string& out, std::uint64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

void append_request(std::string& out, const Ask& request, std::string_view shared,
                    std::chrono::nanoseconds left) {
  out.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\n");
  out.append(shared).append("traceparent: ");
  telemetry::append_traceparent(out, request.trace);
  const auto millis = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  out.append("\r\nPim-Deadline-Ms: ");
  append_number(out,
                static_cast<std::uint64_t>(std::clamp<std::int64_t>(millis, 1, kMostDeadline)));
  if (!kOperations[request.operation].command) {
    out.append("\r\nX-Request-Id: ").append(request.request_id);
    if (!request.min_position.empty()) {
      out.append("\r\nPim-Min-Position: ").append(request.min_position);
    }
    out.append("\r\n\r\n");
    return;
  }
  out.append("\r\nIdempotency-Key: ").append(request.request_id);
  if (request.if_match) {
    out.append("\r\nIf-Match: \"");
    append_number(out, *request.if_match);
    out.append("\"");
  }
  out.append("\r\nContent-Type: application/json\r\nContent-Length: ");
  append_number(out, request.body.size());
  out.append("\r\n\r\n").append(request.body);
}

}  // namespace pim::load
