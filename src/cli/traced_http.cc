#include "cli/traced_http.h"

#include <utility>

#include "telemetry/scoped_span.h"

namespace pim::cli {

TracedHttp::TracedHttp(Exchange exchange, HttpPeer peer)
    : exchange_(std::move(exchange)), peer_(std::move(peer)) {}

Result<load::Response, load::TransportError> TracedHttp::send(load::Request request,
                                                              std::string_view operation,
                                                              std::uint32_t resends) {
  const auto work = telemetry::current_work();
  if (work.tracer == nullptr) return exchange_(request);
  if (kept_ == kKept || !work.span.sampled) {
    auto unkept = work.span.child();
    unkept.sampled = false;
    request.headers.emplace_back("traceparent", unkept.traceparent());
    return exchange_(request);
  }
  ++kept_;
  telemetry::ScopedSpan span(request.method, telemetry::SpanKind::client);
  request.headers.emplace_back("traceparent", telemetry::current_work().span.traceparent());
  span.set("http.request.method", request.method);
  span.set("pim.operation", operation);
  if (!peer_.address.empty()) {
    span.set("server.address", peer_.address);
    span.set("server.port", peer_.port);
  }
  if (resends > 0) span.set("http.request.resend_count", resends);
  auto response = exchange_(request);
  if (!response) {
    span.set("error.type", "no_answer");
    span.fail("no answer");
  } else {
    span.set("http.response.status_code", response->status);
    if (response->status >= 400) {
      span.set("error.type", std::to_string(response->status));
      span.fail("status " + std::to_string(response->status));
    }
  }
  return response;
}

}  // namespace pim::cli
