#include "telemetry/scoped_span.h"

#include <gtest/gtest.h>

#include <thread>

#include "telemetry/kept_spans_testing.h"

namespace pim::telemetry {
namespace {

std::string text(const Span& span, std::string_view key) {
  for (const auto& attribute : span.attributes) {
    if (attribute.key != key) continue;
    if (const auto* value = std::get_if<std::string>(&attribute.value)) return *value;
    if (const auto* value = std::get_if<std::int64_t>(&attribute.value)) {
      return std::to_string(*value);
    }
    if (const auto* value = std::get_if<bool>(&attribute.value)) return *value ? "true" : "false";
  }
  return "none";
}

TEST(ScopedSpan, PartsAreChildrenOfWhatTheirThreadWorksOn) {
  KeptSpans kept;
  Tracer tracer(kept.exporter(), keep_all());
  {
    ScopedSpan whole(&tracer, "verify");
    const auto whole_context = current_span();
    ASSERT_TRUE(whole_context);
    {
      ScopedSpan part("events");
      part.set("events", 12U);
      part.set("live", false);
      part.set("kind", "chain");
      EXPECT_NE(current_span()->span_id, whole_context->span_id) << "profiles are of the part";
    }
    EXPECT_EQ(current_span()->span_id, whole_context->span_id);
    ScopedSpan("receipts").fail("2 findings");
  }
  EXPECT_FALSE(current_span());
  const auto spans = kept.wait_for(3);
  const Span whole = span_named(spans, "verify");
  const Span events = span_named(spans, "events");
  const Span receipts = span_named(spans, "receipts");
  EXPECT_EQ(whole.parent, (std::array<std::uint8_t, 8>{}));
  for (const Span& part : {events, receipts}) {
    EXPECT_EQ(part.context.trace_id, whole.context.trace_id);
    EXPECT_EQ(part.parent, whole.context.span_id);
    EXPECT_GE(part.start, whole.start);
    EXPECT_LE(part.duration, whole.duration);
  }
  EXPECT_EQ(text(events, "events"), "12");
  EXPECT_EQ(text(events, "live"), "false");
  EXPECT_EQ(text(events, "kind"), "chain");
  EXPECT_EQ(text(events, "pyroscope.profile.id"), events.context.span_hex());
  EXPECT_FALSE(events.failed);
  EXPECT_TRUE(receipts.failed);
  EXPECT_EQ(receipts.failure, "2 findings");
}

TEST(ScopedSpan, WithoutATracerThereIsNothing) {
  ScopedSpan whole(nullptr, "verify");
  ScopedSpan part("events");
  part.set("events", 1);
  part.fail("no");
  EXPECT_FALSE(whole.kept());
  EXPECT_FALSE(part.kept());
  EXPECT_FALSE(current_span());
  EXPECT_EQ(current_work().tracer, nullptr);
}

TEST(ScopedSpan, ASpanOfARequestThatIsNotTracedHereHasNoParts) {
  const SpanScope request(TraceContext::root());
  const ScopedSpan part("events");
  EXPECT_FALSE(part.kept());
}

TEST(ScopedSpan, FollowsAParentThatIsNotKept) {
  KeptSpans kept;
  Tracer tracer(kept.exporter(), keep_all());
  TraceContext parent = TraceContext::root();
  parent.sampled = false;
  {
    const ScopedSpan whole(&tracer, "rebuild", parent);
    const ScopedSpan part("feed");
    EXPECT_FALSE(whole.kept());
    EXPECT_FALSE(part.kept());
    EXPECT_EQ(current_span()->trace_id, parent.trace_id)
        << "its log lines still say whose they are";
  }
  parent.sampled = true;
  {
    const ScopedSpan whole(&tracer, "rebuild", parent);
  }
  const auto spans = kept.wait_for(1);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].parent, parent.span_id);
  EXPECT_EQ(spans[0].context.trace_id, parent.trace_id);
}

TEST(ScopedSpan, AThreadMayDoAPartOfAnotherOnesWork) {
  KeptSpans kept;
  Tracer tracer(kept.exporter(), keep_all());
  {
    const ScopedSpan whole(&tracer, "import");
    const Work work = current_work();
    std::thread([&work] {
      {
        const ScopedSpan alone("nobody's");
      }
      const WorkScope scope(work);
      const ScopedSpan part("send");
    }).join();
    end_part(work, "copy", std::chrono::steady_clock::now(), "unavailable");
  }
  const auto spans = kept.wait_for(3);
  ASSERT_EQ(spans.size(), 3U);
  const Span whole = span_named(spans, "import");
  EXPECT_EQ(span_named(spans, "send").parent, whole.context.span_id);
  EXPECT_EQ(span_named(spans, "copy").parent, whole.context.span_id);
  EXPECT_TRUE(span_named(spans, "copy").failed);
}

TEST(ScopedSpan, MayEndBeforeItsScopeOrNeverHaveBeen) {
  KeptSpans kept;
  Tracer tracer(kept.exporter(), keep_all());
  const TraceContext other = TraceContext::root();
  {
    ScopedSpan idle(&tracer, "idle");
    idle.discard();
    ScopedSpan whole(&tracer, "start");
    whole.link(other);
    whole.end();
    whole.fail("too late");
    whole.end();
    EXPECT_FALSE(current_span());
    {
      const ScopedSpan next(&tracer, "next");
    }
  }
  const auto spans = kept.wait_for(2);
  ASSERT_EQ(spans.size(), 2U);
  const Span whole = span_named(spans, "start");
  EXPECT_FALSE(whole.failed);
  ASSERT_EQ(whole.links.size(), 1U);
  EXPECT_EQ(whole.links[0].span_id, other.span_id);
  EXPECT_NE(span_named(spans, "next").context.trace_id, whole.context.trace_id);
}

}  // namespace
}  // namespace pim::telemetry
