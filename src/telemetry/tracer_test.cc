// What a tracer keeps, and the OTLP exporter against a socket.
#include "telemetry/tracer.h"

#include <gtest/gtest.h>

#include "telemetry/kept_spans_testing.h"
#include "telemetry/otlp_receiver_testing.h"
#include "telemetry/otlp_spans.h"

namespace pim::telemetry {
namespace {

using namespace std::chrono_literals;

Span span_in(const TraceContext& context, std::string name = "work") {
  Span span;
  span.context = context;
  span.name = std::move(name);
  return span;
}

TEST(Tracer, SendsEverySpanOfKeptTracesAndNoOther) {
  KeptSpans kept;
  Tracer tracer(kept.exporter(), keep_all());
  const auto trace = tracer.begin(std::nullopt);
  EXPECT_TRUE(trace.sampled);
  auto unkept = TraceContext::root();
  unkept.sampled = false;
  tracer.end(span_in(unkept));
  for (int i = 0; i < 25; ++i) tracer.end(span_in(trace.child(), std::to_string(i)));
  const auto spans = kept.wait_for(25);
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(spans[static_cast<std::size_t>(i)].name, std::to_string(i));
  }
}

TEST(Tracer, FollowsItsCaller) {
  KeptSpans kept;
  auto options = keep_all();
  options.sampling = {.rate = 0, .share = 0};
  Tracer tracer(kept.exporter(), options);
  auto caller = TraceContext::root();
  const auto ours = tracer.begin(caller);
  EXPECT_TRUE(ours.sampled);
  EXPECT_EQ(ours.trace_id, caller.trace_id);
  EXPECT_NE(ours.span_id, caller.span_id);
  caller.sampled = false;
  EXPECT_FALSE(tracer.begin(caller).sampled);
  EXPECT_FALSE(tracer.begin(std::nullopt).sampled);
  EXPECT_EQ(tracer.stats().traces, 1U) << "a caller's trace is the caller's to count";
  EXPECT_EQ(tracer.stats().traces_kept, 0U);
}

TEST(OtlpSpans, CarryEverythingOverTheWire) {
  OtlpReceiver receiver;
  const auto exporter = otlp_span_exporter(
      receiver.endpoint(),
      {.service_name = "pim", .service_version = "1.2", .instance_id = "node-7"});
  Span span;
  span.context = TraceContext::root();
  span.parent = TraceContext::root().span_id;
  span.kind = SpanKind::server;
  span.name = "POST /v1/patients";
  span.start = WallTime(std::chrono::seconds(1'700'000'000));
  span.duration = 1500us;
  span.failed = true;
  span.failure = "no";
  span.attributes = {{"text", std::string("a\"b")}, {"number", std::int64_t{42}}, {"flag", true}};
  span.links = {TraceContext::root()};
  span.trace_state = "rojo=1,congo=2";
  ASSERT_TRUE(exporter->send(std::vector<Span>{span, span}));
  const auto received = receiver.wait_for(2);
  ASSERT_EQ(received.size(), 2U);
  const auto& got = received.front();
  EXPECT_EQ(got.trace_id, span.context.trace_hex());
  EXPECT_EQ(got.span_id, span.context.span_hex());
  EXPECT_EQ(got.parent_id.size(), 16U);
  EXPECT_EQ(got.name, span.name);
  EXPECT_EQ(got.kind, 2U) << "SPAN_KIND_SERVER";
  EXPECT_EQ(got.start_ns, 1'700'000'000'000'000'000U);
  EXPECT_EQ(got.end_ns - got.start_ns, 1'500'000U);
  EXPECT_EQ(got.status, 2U) << "STATUS_CODE_ERROR";
  EXPECT_EQ(got.failure, "no");
  EXPECT_EQ(got.trace_state, "rojo=1,congo=2");
  EXPECT_EQ(got.attributes.at("text"), "a\"b");
  EXPECT_EQ(got.attributes.at("number"), "42");
  EXPECT_EQ(got.attributes.at("flag"), "true");
  EXPECT_EQ(got.links, std::vector<std::string>{span.links.front().span_hex()});
  EXPECT_EQ(got.resource.at("service.name"), "pim");
  EXPECT_EQ(got.resource.at("service.version"), "1.2");
  EXPECT_EQ(got.resource.at("service.instance.id"), "node-7");
}

TEST(OtlpSpans, SayWhereNothingWasDelivered) {
  std::uint16_t port = 0;
  {
    OtlpReceiver receiver;
    port = receiver.port();
    const auto exporter = otlp_span_exporter(receiver.endpoint(), {});
    receiver.answer_with(503);
    EXPECT_FALSE(exporter->send(std::vector<Span>{span_in(TraceContext::root())}));
    receiver.answer_with(200);
    EXPECT_TRUE(exporter->send(std::vector<Span>{span_in(TraceContext::root())}));
  }
  const auto nobody = otlp_span_exporter("http://127.0.0.1:" + std::to_string(port), {});
  EXPECT_FALSE(nobody->send(std::vector<Span>{span_in(TraceContext::root())}));
}

}  // namespace
}  // namespace pim::telemetry
