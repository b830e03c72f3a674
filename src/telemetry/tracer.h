// Where spans go: into a bounded queue, and from there, on a thread of the tracer's own, to an
// exporter in batches. Nothing here blocks or fails a request; what is dropped is counted.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

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

struct TracerOptions {
  SamplerOptions sampling;
  std::size_t queue = 16'384;                  // spans that wait; beyond it new ones are dropped
  std::size_t batch = 512;                     // spans a request
  std::chrono::milliseconds linger{200};       // how long a batch that is not full waits
  std::chrono::milliseconds first_pause{500};  // after a failure; doubled up to max_pause
  std::chrono::milliseconds max_pause{5000};
  std::uint32_t attempts = 20;  // with a batch, before it is dropped: about 90 s
};

// Thread-safe.
class Tracer {
 public:
  Tracer(std::unique_ptr<SpanExporter> exporter, const TracerOptions& options);
  // Sends what is left, up to the first failure.
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // A span's context, in the caller's trace where there is one; `sampled` says whether the trace is
  // kept: a caller that keeps or drops its part is followed.
  TraceContext begin(const std::optional<TraceContext>& caller);

  // Takes a span of a kept trace; others are ignored.
  void end(Span span);

  struct Stats {
    std::uint64_t traces = 0;       // that began here
    std::uint64_t traces_kept = 0;  // of them
    std::uint64_t sent = 0;
    std::uint64_t dropped_full = 0;    // the queue was full
    std::uint64_t dropped_failed = 0;  // the back end did not take them
    std::uint64_t failures = 0;        // attempts that failed
    std::uint64_t queued = 0;
  };
  Stats stats() const;

 private:
  void run();
  bool deliver(const std::vector<Span>& batch);
  bool drop_rest_at_end();
  bool pause(std::chrono::milliseconds time);  // false: stopping

  const std::unique_ptr<SpanExporter> exporter_;
  const TracerOptions options_;
  Sampler sampler_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Span> queue_;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> dropped_full_{0};
  std::atomic<std::uint64_t> dropped_failed_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::thread thread_;
};

}  // namespace pim::telemetry
