#include "telemetry/scoped_span.h"

namespace pim::telemetry {
namespace {

thread_local constinit Tracer* current_tracer = nullptr;

Span span_until_now(std::chrono::steady_clock::time_point began) {
  Span span;
  span.duration = std::chrono::steady_clock::now() - began;
  span.start = std::chrono::system_clock::now() -
               std::chrono::duration_cast<WallTime::duration>(span.duration);
  return span;
}

}  // namespace

Work current_work() noexcept {
  if (current_tracer == nullptr) return {};
  const auto span = current_span();
  return span ? Work{current_tracer, *span} : Work{};
}

WorkScope::WorkScope(const Work& work) noexcept : outer_(current_tracer) {
  if (work.tracer == nullptr) return;
  current_tracer = work.tracer;
  scope_.emplace(work.span);
}

WorkScope::~WorkScope() { current_tracer = outer_; }

ScopedSpan::ScopedSpan(std::string_view name, SpanKind kind) {
  const Work work = current_work();
  if (work.tracer != nullptr) begin({work.tracer, work.span.child()}, name, kind, work.span);
}

ScopedSpan::ScopedSpan(Tracer* tracer, std::string_view name) {
  const Work work = current_work();
  if (work.tracer != nullptr) {
    begin({work.tracer, work.span.child()}, name, SpanKind::internal, work.span);
  } else if (tracer != nullptr) {
    begin({tracer, TraceContext::root()}, name, SpanKind::internal, std::nullopt);
  }
}

ScopedSpan::ScopedSpan(Tracer* tracer, std::string_view name, const TraceContext& parent) {
  if (tracer != nullptr) begin({tracer, parent.child()}, name, SpanKind::internal, parent);
}

void ScopedSpan::begin(const Work& work, std::string_view name, SpanKind kind,
                       const std::optional<TraceContext>& parent) {
  live_.emplace(work);
  live_->tracer = work.tracer;
  live_->span.context = work.span;
  if (parent) live_->span.parent = parent->span_id;
  live_->span.kind = kind;
  live_->span.name = name;
  live_->began = std::chrono::steady_clock::now();
}

void ScopedSpan::add(SpanAttribute attribute) {
  if (live_ && kept()) live_->span.attributes.push_back(std::move(attribute));
}

void ScopedSpan::link(const TraceContext& other) {
  if (live_ && kept()) live_->span.links.push_back(other);
}

void ScopedSpan::fail(std::string_view why) {
  if (!live_ || !kept() || live_->span.failed) return;
  live_->span.failed = true;
  live_->span.failure = why;
}

void ScopedSpan::end() {
  if (!live_) return;
  if (kept()) {
    const Span times = span_until_now(live_->began);
    live_->span.start = times.start;
    live_->span.duration = times.duration;
    live_->span.attributes.push_back(profile_of(live_->span.context));
    live_->tracer->end(std::move(live_->span));
  }
  live_.reset();
}

void end_part(const Work& work, std::string_view name, std::chrono::steady_clock::time_point began,
              std::string_view failure) {
  if (work.tracer == nullptr || !work.span.sampled) return;
  Span span = span_until_now(began);
  span.context = work.span.child();
  span.parent = work.span.span_id;
  span.name = name;
  span.failed = !failure.empty();
  span.failure = failure;
  work.tracer->end(std::move(span));
}

SpanAttribute profile_of(const TraceContext& span) {
  return {"pyroscope.profile.id", span.span_hex()};
}

}  // namespace pim::telemetry
