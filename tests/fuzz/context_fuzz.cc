// The trace context that a caller's headers bring: traceparent in the first line, tracestate in the
// rest.
#include <algorithm>

#include "fuzz.h"
#include "telemetry/trace.h"
#include "telemetry/trace_state.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pim::fuzz::require;
  namespace telemetry = pim::telemetry;
  const auto text = pim::fuzz::as_text(data, size);
  const auto end = std::min(text.find('\n'), text.size());
  if (const auto context = telemetry::TraceContext::parse(text.substr(0, end))) {
    const auto again = telemetry::TraceContext::parse(context->traceparent());
    require(again && again->traceparent() == context->traceparent(),
            "what was taken can be handed on");
    require(again->span_id != context->child().span_id, "a child is another span");
  }
  const auto state = telemetry::trace_state(text.substr(std::min(end + 1, text.size())));
  require(state.size() <= telemetry::kMaxTraceState, "it keeps its limit");
  require(telemetry::trace_state(state) == state, "what was taken can be handed on");
  return 0;
}
