// Where spans go: those of kept traces, by an export queue, to a back end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "telemetry/export_queue.h"
#include "telemetry/sampler.h"
#include "telemetry/span.h"
#include "telemetry/trace.h"

namespace pim::telemetry {

// The port to a back end. Used by one thread at a time.
class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  // False: not delivered, and may be tried again. Returns within a few seconds.
  virtual bool send(std::span<const Span> spans) = 0;
};

struct TracerOptions : ExportQueueOptions {
  SamplerOptions sampling;
};

// Thread-safe.
class Tracer {
 public:
  Tracer(std::unique_ptr<SpanExporter> exporter, const TracerOptions& options);
  // Sends what is left, up to the first failure.
  ~Tracer() = default;
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // A span's context, in the caller's trace where there is one; `sampled` says whether the trace is
  // kept: a caller that keeps or drops its part is followed.
  TraceContext begin(const std::optional<TraceContext>& caller);

  // Takes a span of a kept trace; others are ignored.
  void end(Span span);

  // Begins to send what is left; the destructor waits for it.
  void close() { queue_.close(); }

  struct Stats : ExportStats {
    std::uint64_t traces = 0;       // that began here
    std::uint64_t traces_kept = 0;  // of them
  };
  Stats stats() const;

 private:
  const std::unique_ptr<SpanExporter> exporter_;
  Sampler sampler_;
  ExportQueue<Span> queue_;  // ends before the exporter does
};

}  // namespace pim::telemetry
