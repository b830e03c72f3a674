#include "api/request_trace.h"

#include <string>
#include <utility>

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

  void server(const Response& response) {
    const std::string outcome(response.problem.empty() ? "ok" : response.problem);
    Span span = between(call_.started, answered_);
    span.context = call_.trace;
    span.parent = call_.caller_span;
    span.kind = SpanKind::server;
    // any text may stand in its place, and a span's name must be one of few
    const bool known = parse_method(call_.request().method).has_value();
    const std::string method = known ? std::string(call_.request().method) : "_OTHER";
    span.name = known ? method : "HTTP";
    span.attributes = {{"http.request.method", method},
                       {"http.response.status_code", std::int64_t{response.status}},
                       {"pim.request_id", call_.request_id},
                       {"pim.outcome", outcome}};
    if (call_.route != nullptr) {
      span.name += ' ';
      span.name += call_.route->path;
      span.attributes.push_back({"http.route", std::string(call_.route->path)});
    }
    if (call_.bucket) {
      span.attributes.push_back({"pim.bucket", std::int64_t{call_.bucket->value}});
    }
    if (call_.shard) span.attributes.push_back({"pim.shard", std::int64_t{call_.shard->value}});
    if (response.status >= 500) {
      span.failed = true;
      span.failure = outcome;
      span.attributes.push_back({"error.type", outcome});
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
                   steady_clock::time_point answered) {
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
  trace.server(response);
}

}  // namespace pim::api
