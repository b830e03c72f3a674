// The span that a thread works for, and which its profile samples and log lines carry.
#pragma once

#include <optional>

#include "telemetry/trace.h"

namespace pim::telemetry {

// Makes `span` the thread's current one until it ends; scopes nest. A few nanoseconds. Of its
// thread only.
class SpanScope {
 public:
  explicit SpanScope(const TraceContext& span) noexcept;
  ~SpanScope();
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;

 private:
  std::optional<TraceContext> outer_;
};

// The same where the span's trace is kept; else the thread goes on as it was.
class KeptSpanScope {
 public:
  explicit KeptSpanScope(const TraceContext& span) noexcept {
    if (span.sampled) scope_.emplace(span);
  }

 private:
  std::optional<SpanScope> scope_;
};

// Async-signal-safe: a handler that interrupts the change of scopes sees none.
std::optional<TraceContext> current_span() noexcept;

}  // namespace pim::telemetry
