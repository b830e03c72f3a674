#include "telemetry/current_span.h"

#include <atomic>

namespace pim::telemetry {
namespace {

struct Current {
  TraceContext span;
  bool set = false;
};

// initial-exec: its address needs no allocation, also on the first access from a signal handler
__attribute__((tls_model("initial-exec"))) thread_local constinit Current current;

void replace(const std::optional<TraceContext>& span) noexcept {
  current.set = false;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (!span) return;
  current.span = *span;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  current.set = true;
}

}  // namespace

SpanScope::SpanScope(const TraceContext& span) noexcept : outer_(current_span()) { replace(span); }

SpanScope::~SpanScope() { replace(outer_); }

std::optional<TraceContext> current_span() noexcept {
  if (!current.set) return std::nullopt;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return current.span;
}

}  // namespace pim::telemetry
