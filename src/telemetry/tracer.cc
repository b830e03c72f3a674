#include "telemetry/tracer.h"

#include <utility>

namespace pim::telemetry {

Tracer::Tracer(std::unique_ptr<SpanExporter> exporter, const TracerOptions& options)
    : exporter_(std::move(exporter)),
      sampler_(options.sampling),
      queue_(
          "tracer", [this](std::span<const Span> spans) { return exporter_->send(spans); },
          options) {}

TraceContext Tracer::begin(const std::optional<TraceContext>& caller) {
  if (caller) return caller->child();
  TraceContext trace = TraceContext::root();
  trace.sampled = sampler_.keep(trace, std::chrono::steady_clock::now());
  return trace;
}

void Tracer::end(Span span) {
  if (span.context.sampled) queue_.put(std::move(span));
}

Tracer::Stats Tracer::stats() const { return {queue_.stats(), sampler_.asked(), sampler_.kept()}; }

}  // namespace pim::telemetry
