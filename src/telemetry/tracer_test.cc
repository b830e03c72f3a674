// The tracer against an exporter that can be made to fail, and the OTLP exporter against a socket.
#include "telemetry/tracer.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>

#include "telemetry/otlp_receiver_testing.h"
#include "telemetry/otlp_spans.h"

namespace pim::telemetry {
namespace {

using namespace std::chrono_literals;

// What all exporters of a test lead to.
struct BackEnd {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Span> spans;
  std::uint64_t calls = 0;
  bool down = false;
  bool stuck = false;

  void set(bool BackEnd::* what, bool value) {
    const std::lock_guard lock(mutex);
    this->*what = value;
    changed.notify_all();
  }
  void wait_for(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex);
    changed.wait(lock, condition);
  }
};

class ToBackEnd final : public SpanExporter {
 public:
  explicit ToBackEnd(BackEnd& back_end) : back_end_(back_end) {}
  bool send(std::span<const Span> spans) override {
    std::unique_lock lock(back_end_.mutex);
    ++back_end_.calls;
    back_end_.changed.notify_all();
    back_end_.changed.wait(lock, [&] { return !back_end_.stuck; });
    if (back_end_.down) return false;
    back_end_.spans.insert(back_end_.spans.end(), spans.begin(), spans.end());
    back_end_.changed.notify_all();
    return true;
  }

 private:
  BackEnd& back_end_;
};

TracerOptions quick() {
  TracerOptions options;
  options.sampling = {.rate = 0, .share = 1};
  options.queue = 100;
  options.batch = 10;
  options.linger = 1ms;
  options.first_pause = options.max_pause = 1ms;
  options.attempts = 3;
  return options;
}

Span span_in(const TraceContext& context, std::string name = "work") {
  Span span;
  span.context = context;
  span.name = std::move(name);
  return span;
}

TEST(Tracer, SendsEverySpanOfKeptTracesAndNoOther) {
  BackEnd back_end;
  Tracer tracer(std::make_unique<ToBackEnd>(back_end), quick());
  const auto kept = tracer.begin(std::nullopt);
  EXPECT_TRUE(kept.sampled);
  auto dropped = TraceContext::root();
  dropped.sampled = false;
  for (int i = 0; i < 25; ++i) tracer.end(span_in(kept.child(), std::to_string(i)));
  tracer.end(span_in(dropped));
  back_end.wait_for([&] { return back_end.spans.size() == 25; });
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(back_end.spans[static_cast<std::size_t>(i)].name, std::to_string(i));
  }
}

TEST(Tracer, FollowsItsCaller) {
  BackEnd back_end;
  auto options = quick();
  options.sampling = {.rate = 0, .share = 0};
  Tracer tracer(std::make_unique<ToBackEnd>(back_end), options);
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

TEST(Tracer, DropsAndCountsWhatDoesNotFit) {
  BackEnd back_end;
  back_end.stuck = true;
  {
    Tracer tracer(std::make_unique<ToBackEnd>(back_end), quick());
    const auto trace = tracer.begin(std::nullopt);
    tracer.end(span_in(trace));
    back_end.wait_for([&] { return back_end.calls == 1; });    // it is at the back end now
    for (int i = 0; i < 150; ++i) tracer.end(span_in(trace));  // and these never wait for it
    EXPECT_EQ(tracer.stats().queued, 100U);
    EXPECT_EQ(tracer.stats().dropped_full, 50U);
    back_end.set(&BackEnd::stuck, false);
    back_end.wait_for([&] { return back_end.spans.size() == 101; });
  }
  EXPECT_EQ(back_end.spans.size(), 101U);
}

TEST(Tracer, TriesAgainAndThenGivesUp) {
  BackEnd back_end;
  back_end.down = true;
  Tracer tracer(std::make_unique<ToBackEnd>(back_end), quick());
  const auto trace = tracer.begin(std::nullopt);
  tracer.end(span_in(trace));
  back_end.wait_for([&] { return back_end.calls == 3; });
  back_end.set(&BackEnd::down, false);
  tracer.end(span_in(trace, "later"));
  back_end.wait_for(
      [&] { return !back_end.spans.empty() && back_end.spans.back().name == "later"; });
  const auto stats = tracer.stats();
  EXPECT_EQ(stats.dropped_failed + back_end.spans.size(), 2U);
  EXPECT_GE(stats.failures, 3U);
}

TEST(Tracer, SendsTheRestBeforeItGoes) {
  BackEnd back_end;
  {
    auto options = quick();
    options.linger = 1h;
    Tracer tracer(std::make_unique<ToBackEnd>(back_end), options);
    const auto trace = tracer.begin(std::nullopt);
    for (int i = 0; i < 5; ++i) tracer.end(span_in(trace));
  }
  EXPECT_EQ(back_end.spans.size(), 5U);
}

TEST(Tracer, DoesNotHangOnABackEndThatIsDownWhenItGoes) {
  BackEnd back_end;
  back_end.down = true;
  auto options = quick();
  options.first_pause = options.max_pause = 1h;
  options.attempts = 1000;
  {
    Tracer tracer(std::make_unique<ToBackEnd>(back_end), options);
    const auto trace = tracer.begin(std::nullopt);
    for (int i = 0; i < 95; ++i) tracer.end(span_in(trace));
    back_end.wait_for([&] { return back_end.calls >= 1; });
  }
  EXPECT_TRUE(back_end.spans.empty());
  EXPECT_EQ(back_end.calls, 1U) << "not once a batch";
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
