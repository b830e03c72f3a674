#include "telemetry/tracer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "telemetry/thread_name.h"

namespace pim::telemetry {

Tracer::Tracer(std::unique_ptr<SpanExporter> exporter, const TracerOptions& options)
    : exporter_(std::move(exporter)), options_(options), sampler_(options.sampling) {
  thread_ = std::thread([this] {
    name_thread("tracer");
    be_nice(10);
    run();
  });
}

Tracer::~Tracer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

TraceContext Tracer::begin(const std::optional<TraceContext>& caller) {
  if (caller) return caller->child();
  TraceContext trace = TraceContext::root();
  trace.sampled = sampler_.keep(trace, std::chrono::steady_clock::now());
  return trace;
}

void Tracer::end(Span span) {
  if (!span.context.sampled) return;
  bool full_batch = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= options_.queue) {
      dropped_full_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    queue_.push_back(std::move(span));
    full_batch = queue_.size() % options_.batch == 0;
  }
  if (full_batch) changed_.notify_one();  // else it waits for the linger: no wake-up a span
}

Tracer::Stats Tracer::stats() const {
  Stats stats;
  stats.traces = sampler_.asked();
  stats.traces_kept = sampler_.kept();
  stats.sent = sent_.load(std::memory_order_relaxed);
  stats.dropped_full = dropped_full_.load(std::memory_order_relaxed);
  stats.dropped_failed = dropped_failed_.load(std::memory_order_relaxed);
  stats.failures = failures_.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  stats.queued = queue_.size();
  return stats;
}

void Tracer::run() {
  while (true) {
    std::vector<Span> batch;
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, options_.linger,
                        [&] { return stopping_ || queue_.size() >= options_.batch; });
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch));
      batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(queue_.begin() + count));
      queue_.erase(queue_.begin(), queue_.begin() + count);
      last = stopping_ && queue_.empty();
    }
    if (!batch.empty()) {
      const bool sent = deliver(batch);
      (sent ? sent_ : dropped_failed_).fetch_add(batch.size(), std::memory_order_relaxed);
      if (!sent && drop_rest_at_end()) return;
    }
    if (last) return;
  }
}

// A back end that is away must not hold up the end by one time-out a batch.
bool Tracer::drop_rest_at_end() {
  const std::lock_guard lock(mutex_);
  if (!stopping_) return false;
  dropped_failed_.fetch_add(queue_.size(), std::memory_order_relaxed);
  queue_.clear();
  return true;
}

bool Tracer::deliver(const std::vector<Span>& batch) {
  auto wait = options_.first_pause;
  for (std::uint32_t i = 0; i < options_.attempts; ++i) {
    if (exporter_->send(batch)) return true;
    failures_.fetch_add(1, std::memory_order_relaxed);
    if (!pause(wait)) return false;
    wait = std::min(wait * 2, options_.max_pause);
  }
  return false;
}

bool Tracer::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return stopping_; });
}

}  // namespace pim::telemetry
