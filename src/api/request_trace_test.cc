// What a request leaves in the traces, and what it does not.
#include <gtest/gtest.h>

#include <variant>

#include "api/server_testing.h"
#include "telemetry/kept_spans_testing.h"

namespace pim::api {
namespace {

using telemetry::Span;
using telemetry::span_named;

constexpr const char* kSomebody = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";

std::string text_of(const Span& span, std::string_view key) {
  for (const auto& attribute : span.attributes) {
    if (attribute.key != key) continue;
    if (const auto* text = std::get_if<std::string>(&attribute.value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
      return std::to_string(*number);
    }
  }
  return {};
}

struct Traced {
  explicit Traced(telemetry::TracerOptions options = telemetry::keep_all())
      : tracer(spans.exporter(), options) {}
  telemetry::KeptSpans spans;
  telemetry::Tracer tracer;
  TestServer server{ServerOptions{}, true, &tracer};
};

TEST(RequestTrace, OfAQueryHasItsStages) {
  Traced traced;
  const Uuid patient = traced.server.add_patient();
  const auto caller = telemetry::TraceContext::root();
  const auto reply = traced.server.send("GET", "/v1/patients/" + patient.to_string(), "clinician",
                                        "", "traceparent: " + caller.traceparent() + "\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto spans = traced.spans.wait_for(4);
  ASSERT_EQ(spans.size(), 4U);
  const Span server = span_named(spans, "GET /v1/patients/{patient_id}");
  EXPECT_EQ(server.kind, telemetry::SpanKind::server);
  EXPECT_EQ(server.parent, caller.span_id);
  EXPECT_EQ(server.context.traceparent(), reply.header("traceparent"));
  EXPECT_FALSE(server.failed);
  EXPECT_EQ(text_of(server, "http.request.method"), "GET");
  EXPECT_EQ(text_of(server, "http.route"), "/v1/patients/{patient_id}");
  EXPECT_EQ(text_of(server, "http.response.status_code"), "200");
  EXPECT_EQ(text_of(server, "pim.outcome"), "ok");
  EXPECT_EQ(text_of(server, "pim.request_id"), reply.header("x-request-id"));
  EXPECT_EQ(text_of(server, "pim.bucket"), std::to_string(bucket_of(patient).value));
  EXPECT_EQ(text_of(server, "pim.shard"),
            std::to_string(default_shard(bucket_of(patient), 4).value));
  for (const auto* stage : {"authenticate", "queue", "query"}) {
    const Span span = span_named(spans, stage);
    EXPECT_EQ(span.parent, server.context.span_id) << stage;
    EXPECT_EQ(span.context.trace_id, caller.trace_id) << stage;
    EXPECT_GE(span.start, server.start) << stage;
    EXPECT_LE(span.start + std::chrono::duration_cast<telemetry::WallTime::duration>(span.duration),
              server.start + std::chrono::duration_cast<telemetry::WallTime::duration>(
                                 server.duration + std::chrono::microseconds(1)))
        << stage;
  }
  for (const Span& span : spans) {
    for (const auto& attribute : span.attributes) {
      EXPECT_EQ(text_of(span, attribute.key).find(patient.to_string()), std::string::npos);
    }
    EXPECT_EQ(span.name.find(patient.to_string()), std::string::npos);
  }
}

TEST(RequestTrace, SaysWhereAndWhatAndLinksToTheProfile) {
  telemetry::KeptSpans spans;
  telemetry::Tracer tracer(spans.exporter(), telemetry::keep_all());
  ServerOptions options;
  options.region = "us-east";
  TestServer server{options, true, &tracer};
  ASSERT_EQ(server.send("POST", "/v1/patients", "registrar", kSomebody).status, 201);
  const Span span = span_named(spans.wait_for(2), "POST /v1/patients");
  EXPECT_EQ(text_of(span, "pim.region"), "us-east");
  EXPECT_EQ(text_of(span, "pim.operation"), find_route("register-patient")->operation);
  EXPECT_EQ(text_of(span, "pyroscope.profile.id"), span.context.span_hex());
}

TEST(RequestTrace, HandsTheCallersTraceStateOn) {
  Traced traced;
  const auto caller = telemetry::TraceContext::root().traceparent();
  std::size_t asked = 0;
  const auto state_after = [&](const std::string& headers) {
    traced.server.send("GET", "/openapi.json", "", "", "traceparent: " + caller + "\r\n" + headers);
    return traced.spans.wait_for(++asked).back().trace_state;
  };
  EXPECT_EQ(state_after("tracestate: rojo=1\r\nTraceState: congo=2\r\n"), "rojo=1,congo=2");
  EXPECT_EQ(state_after("tracestate: not valid\r\n"), "");
  EXPECT_EQ(state_after("tracestate: a=" + std::string(300, 'v') + "\r\n"), "");
  EXPECT_EQ(state_after(""), "");
}

// None of these may cost the request, or be taken for a caller.
TEST(RequestTrace, GarbageOfATracingSystemIsIgnored) {
  Traced traced;
  const auto valid = telemetry::TraceContext::root();
  const std::string line = "traceparent: " + valid.traceparent() + "\r\n";
  std::string members;
  for (int i = 0; i < 65; ++i) members += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
  const std::string canary = "900-11-1234";
  std::size_t asked = 0;
  for (const std::string& headers :
       {std::string("traceparent: \r\n"), std::string("traceparent: 00\r\n"),
        "traceparent: 00-" + std::string(32, '0') + "-" + std::string(16, '0') + "-01\r\n",
        "traceparent: " + std::string(4000, '-') + "\r\n",
        "traceparent: \xff\xfe" + valid.traceparent() + "\r\n", line + line, line + line + line,
        "tracestate: a=1\r\n" + std::string("baggage: patient=" + canary + "\r\n"),
        "baggage: " + members + "\r\n", "baggage: k=" + std::string(8192, 'v') + "\r\n",
        std::string("baggage: ;;==,,%zz\r\nbaggage: again=1\r\n")}) {
    const auto reply = traced.server.send("GET", "/openapi.json", "", "", headers);
    EXPECT_EQ(reply.status, 200) << headers;
    const auto spans = traced.spans.wait_for(++asked);
    EXPECT_NE(spans.back().context.trace_id, valid.trace_id) << headers;
    EXPECT_EQ(spans.back().parent, (std::array<std::uint8_t, 8>{})) << headers;
    EXPECT_EQ(spans.back().trace_state, "") << headers;
    for (const auto& attribute : spans.back().attributes) {
      EXPECT_EQ(text_of(spans.back(), attribute.key).find(canary), std::string::npos);
    }
  }
}

TEST(RequestTrace, OfTheAdminPortAreWhatAnOperatorStarts) {
  Traced traced;
  const auto caller = telemetry::TraceContext::root();
  const auto operators = "Authorization: Bearer " + TestServer::token("operator") +
                         "\r\ntraceparent: " + caller.traceparent() + "\r\n";
  EXPECT_EQ(traced.server.admin("GET", "/metrics").status, 200);
  EXPECT_EQ(traced.server.admin("GET", "/livez").status, 200);
  const auto done = traced.server.admin("POST", "/admin/rebuild", operators, R"({"apply":false})");
  ASSERT_EQ(done.status, 200) << done.body;
  auto spans = traced.spans.wait_for(3);
  ASSERT_EQ(spans.size(), 3U) << "probes and scrapes have none";
  const Span rebuild = span_named(spans, "rebuild");
  const Span server = span_named(spans, "POST /admin/rebuild");
  EXPECT_EQ(server.parent, caller.span_id);
  EXPECT_EQ(server.kind, telemetry::SpanKind::server);
  EXPECT_EQ(text_of(server, "pim.operation"), "rebuild");
  EXPECT_EQ(rebuild.parent, server.context.span_id);
  EXPECT_EQ(span_named(spans, "authenticate").parent, server.context.span_id);
  const auto refused = traced.server.admin("POST", "/admin/backup", "", R"({"target":"/b"})");
  EXPECT_EQ(refused.status, 401);
  spans = traced.spans.wait_for(4);
  EXPECT_EQ(text_of(span_named(spans, "POST /admin/backup"), "pim.outcome"), "unauthenticated");
}

TEST(RequestTrace, NamesTheProblemOfOneThatFails) {
  Traced traced;
  const auto missing = traced.server.send("GET", "/v1/nowhere/at-all", "clinician");
  ASSERT_EQ(missing.status, 404);
  auto spans = traced.spans.wait_for(1);
  EXPECT_EQ(spans[0].name, "GET") << "a path that no route has is anybody's text";
  EXPECT_EQ(text_of(spans[0], "pim.outcome"), problem_name(missing));
  EXPECT_FALSE(spans[0].failed) << "the caller's mistake is not the server's";

  traced.server.spine.answer_with(spine::CommandReply{});  // unknown
  const auto failed = traced.server.send("POST", "/v1/patients", "registrar", kSomebody);
  ASSERT_EQ(failed.status, 503);
  const Span server = span_named(traced.spans.wait_for(3), "POST /v1/patients");
  EXPECT_TRUE(server.failed);
  EXPECT_EQ(text_of(server, "error.type"), problem_name(failed));
}

TEST(RequestTrace, AnExemplarIsOfAKeptTraceAndNoOther) {
  Traced traced;
  const auto kept = traced.server.send("POST", "/v1/patients", "registrar", kSomebody);
  ASSERT_EQ(kept.status, 201);
  const auto context = telemetry::TraceContext::parse(kept.header("traceparent"));
  ASSERT_TRUE(context && context->sampled);
  auto unkept = telemetry::TraceContext::root();
  unkept.sampled = false;
  const auto other = traced.server.send("POST", "/v1/patients", "registrar", kSomebody,
                                        "traceparent: " + unkept.traceparent() + "\r\n");
  ASSERT_EQ(other.status, 201);
  EXPECT_TRUE(other.header("traceparent").ends_with("-00"));
  const auto metrics = traced.server.metrics.render();
  EXPECT_NE(metrics.find("# {trace_id=\"" + context->trace_hex() + "\",span_id=\"" +
                         context->span_hex() + "\"} "),
            std::string::npos);
  EXPECT_EQ(metrics.find(unkept.trace_hex()), std::string::npos);
}

TEST(RequestTrace, WithoutATracerNothingIsKept) {
  TestServer server;
  const auto reply =
      server.send("GET", "/openapi.json", "", "",
                  "traceparent: " + telemetry::TraceContext::root().traceparent() + "\r\n");
  EXPECT_TRUE(reply.header("traceparent").ends_with("-00")) << reply.header("traceparent");
  EXPECT_EQ(server.metrics.render().find("trace_id="), std::string::npos);
}

}  // namespace
}  // namespace pim::api
