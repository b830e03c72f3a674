#include "telemetry/current_span.h"

#include <gtest/gtest.h>

#include <thread>

namespace pim::telemetry {
namespace {

TEST(CurrentSpan, NestsAndBelongsToItsThread) {
  EXPECT_FALSE(current_span());
  const TraceContext outer = TraceContext::root();
  const TraceContext inner = outer.child();
  {
    const SpanScope outer_scope(outer);
    {
      const SpanScope inner_scope(inner);
      EXPECT_EQ(current_span()->span_id, inner.span_id);
      std::thread([] { EXPECT_FALSE(current_span()); }).join();
    }
    EXPECT_EQ(current_span()->span_id, outer.span_id);
  }
  EXPECT_FALSE(current_span());
}

}  // namespace
}  // namespace pim::telemetry
