#include "api/request_trace.h"

#include <string>
#include <utility>

#include "api/request_attributes.h"
#include "telemetry/scoped_span.h"

namespace pim::api {
namespace {

using std::chrono::steady_clock;
using telemetry::Span;
using telemetry::SpanKind;
using telemetry::WallTime;

class RequestTrace {
 public:
  RequestTrace(telemetry::Tracer& tracer, const Call& call, steady_clock::time_point answered)
      : tracer_(tracer),
        call_(call),
        answered_(answered),
        wall_(std::chrono::system_clock::now()) {}

  void server(const Response& response, std::string_view region) {
    Span span = between(call_.started, answered_);
    span.context = call_.trace;
    span.parent = call_.caller_span;
    span.kind = SpanKind::server;
    span.trace_state = call_.trace_state;
    const auto method = known_method(call_);
    span.name = method == "_OTHER" ? "HTTP" : method;
    if (call_.route != nullptr) {
      span.name += ' ';
      span.name += call_.route->path;
    }
    span.attributes = request_attributes(call_, response, region);
    span.attributes.push_back(telemetry::profile_of(call_.trace));
    if (response.status >= 500) {
      span.failed = true;
      span.failure = outcome_of(response);
      span.attributes.push_back({"error.type", span.failure});
    }
    tracer_.end(std::move(span));
  }

  // A stage, where the request came to both its ends.
  void stage(const char* name, steady_clock::time_point from, steady_clock::time_point to,
             const telemetry::TraceContext* link = nullptr) {
    if (from == steady_clock::time_point() || to < from) return;
    Span span = between(from, to);
    span.context = call_.trace.child();
    span.parent = call_.trace.span_id;
    span.name = name;
    if (link != nullptr && link->sampled) span.links.push_back(*link);
    tracer_.end(std::move(span));
  }

 private:
  Span between(steady_clock::time_point from, steady_clock::time_point to) const {
    Span span;
    span.start = wall_ - std::chrono::duration_cast<WallTime::duration>(answered_ - from);
    span.duration = to - from;
    return span;
  }

  telemetry::Tracer& tracer_;
  const Call& call_;
  const steady_clock::time_point answered_;
  const WallTime wall_;  // of `answered_`
};

}  // namespace

void trace_request(telemetry::Tracer& tracer, const Call& call, const Response& response,
                   steady_clock::time_point answered, std::string_view region) {
  RequestTrace trace(tracer, call, answered);
  const auto& command = call.command;
  trace.stage("authenticate", call.started, call.admitted);
  if (call.query_began != steady_clock::time_point()) {
    trace.stage("queue", call.admitted, call.query_began);
    trace.stage("query", call.query_began, answered);
  } else {
    trace.stage("route", call.admitted, command.arrived);
    trace.stage("queue", command.arrived, command.decided);
    trace.stage("decide", command.decided, command.offered);
    trace.stage("batch", command.offered, command.submitted);
    trace.stage("commit", command.submitted, command.committed, &command.batch);
    trace.stage("reply", command.committed, answered);
  }
  trace.server(response, region);
}

}  // namespace pim::api
