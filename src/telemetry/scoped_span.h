// Spans of work that takes long: a command, a verification, a rebuild, and the parts of each.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/current_span.h"
#include "telemetry/span.h"
#include "telemetry/tracer.h"

namespace pim::telemetry {

// What a thread works on: a span, and where those of its parts go.
struct Work {
  Tracer* tracer = nullptr;  // null: nothing is traced; else it outlives the work
  TraceContext span;
};
Work current_work() noexcept;

// Makes `work` the calling thread's until it ends; scopes nest. For threads that do a part of
// another one's work.
class WorkScope {
 public:
  explicit WorkScope(const Work& work) noexcept;
  ~WorkScope();
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;

 private:
  Tracer* const outer_;
  std::optional<SpanScope> scope_;
};

// A span from here to its end, and what its thread works on meanwhile. Of its thread only; those of
// a thread end in the reverse order of their beginning. Never a patient's identifier in it.
class ScopedSpan {
 public:
  // A part of what this thread works on; free where that is nothing.
  explicit ScopedSpan(std::string_view name, SpanKind kind = SpanKind::internal);
  // As above; where the thread works on nothing, a trace of its own, which is kept. Null: none.
  ScopedSpan(Tracer* tracer, std::string_view name);
  // In `parent`'s trace, kept where that is.
  ScopedSpan(Tracer* tracer, std::string_view name, const TraceContext& parent);
  ~ScopedSpan() { end(); }
  ScopedSpan(const ScopedSpan&) = delete;
  ScopedSpan& operator=(const ScopedSpan&) = delete;

  bool kept() const { return live_ && live_->span.context.sampled; }
  // `key` is a literal. Ignored where the span is not kept.
  template <std::integral Number>
  void set(std::string_view key, Number value) {
    if constexpr (std::same_as<Number, bool>) {
      add({key, value});
    } else {
      add({key, static_cast<std::int64_t>(value)});
    }
  }
  void set(std::string_view key, double value) { add({key, value}); }
  void set(std::string_view key, std::string_view value) { add({key, std::string(value)}); }
  void link(const TraceContext& other);
  // Why, in a few words of ours: no text that came from outside. The first one stays.
  void fail(std::string_view why);
  void discard() { live_.reset(); }  // as if it had never been
  void end();                        // before its scope does; what follows is ignored

 private:
  struct Live {
    explicit Live(const Work& work) : scope(work) {}
    Tracer* tracer = nullptr;
    Span span;
    std::chrono::steady_clock::time_point began;
    WorkScope scope;
  };

  void begin(const Work& work, std::string_view name, SpanKind kind,
             const std::optional<TraceContext>& parent);
  void add(SpanAttribute attribute);

  std::optional<Live> live_;
};

// Runs one part in a span of its own, `run(span)`, whose result says of its error what kind it is:
// then the span has failed.
template <class Run>
auto in_span(std::string_view name, Run run) {
  ScopedSpan span(name);
  auto result = run(span);
  if (!result) span.fail(to_string(result.error().kind));
  return result;
}

// The span of a part of `work` that began at `began` and ends now, where one thread did not do it
// in one go. Nothing where `work` is not traced.
void end_part(const Work& work, std::string_view name, std::chrono::steady_clock::time_point began,
              std::string_view failure = {});

// Links a span to the profile of what its thread did meanwhile: `pyroscope.profile.id`.
SpanAttribute profile_of(const TraceContext& span);

}  // namespace pim::telemetry
