#include "telemetry/otlp_spans.h"

#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/nostd/span.h>
#include <opentelemetry/sdk/instrumentationscope/instrumentation_scope.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/recordable.h>
#include <opentelemetry/trace/trace_state.h>

#include <utility>
#include <vector>

#include "telemetry/otlp_parts.h"

namespace pim::telemetry {
namespace {

namespace otlp = opentelemetry::exporter::otlp;
namespace sdk = opentelemetry::sdk;
namespace trace = opentelemetry::trace;
namespace nostd = opentelemetry::nostd;

trace::SpanContext context_of(const TraceContext& context, const std::string& state = {}) {
  return {trace::TraceId(context.trace_id), trace::SpanId(context.span_id),
          trace::TraceFlags(context.sampled ? trace::TraceFlags::kIsSampled : 0), false,
          state.empty() ? trace::TraceState::GetDefault() : trace::TraceState::FromHeader(state)};
}

trace::SpanKind kind_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::server:
      return trace::SpanKind::kServer;
    case SpanKind::client:
      return trace::SpanKind::kClient;
    case SpanKind::internal:
      break;
  }
  return trace::SpanKind::kInternal;
}

class OtlpSpanExporter final : public SpanExporter {
 public:
  OtlpSpanExporter(const std::string& endpoint, const Resource& resource,
                   std::chrono::milliseconds timeout)
      : resource_(sdk_resource(resource)),
        scope_(sdk::instrumentationscope::InstrumentationScope::Create("pim")) {
    otlp::OtlpHttpExporterOptions options;
    options.url = endpoint + "/v1/traces";
    options.content_type = otlp::HttpRequestContentType::kBinary;
    options.timeout = timeout;
    options.retry_policy_max_attempts = 1;  // the tracer tries again, and counts
    exporter_ = otlp::OtlpHttpExporterFactory::Create(options);
  }

  bool send(std::span<const Span> spans) override {
    std::vector<std::unique_ptr<sdk::trace::Recordable>> batch;
    batch.reserve(spans.size());
    for (const Span& span : spans) batch.push_back(recordable(span));
    const nostd::span<std::unique_ptr<sdk::trace::Recordable>> all(batch.data(), batch.size());
    return was_taken([&] { return exporter_->Export(all); });
  }

 private:
  std::unique_ptr<sdk::trace::Recordable> recordable(const Span& span) const {
    auto record = exporter_->MakeRecordable();
    record->SetIdentity(context_of(span.context, span.trace_state), trace::SpanId(span.parent));
    record->SetName(span.name);
    record->SetSpanKind(kind_of(span.kind));
    record->SetStartTime(opentelemetry::common::SystemTimestamp(span.start));
    record->SetDuration(span.duration);
    for (const auto& attribute : span.attributes) set_attribute(*record, attribute);
    for (const auto& link : span.links) record->AddLink(context_of(link));
    if (span.failed) record->SetStatus(trace::StatusCode::kError, span.failure);
    record->SetResource(resource_);
    record->SetInstrumentationScope(*scope_);
    return record;
  }

  const sdk::resource::Resource resource_;
  const std::unique_ptr<sdk::instrumentationscope::InstrumentationScope> scope_;
  std::unique_ptr<sdk::trace::SpanExporter> exporter_;
};

}  // namespace

std::unique_ptr<SpanExporter> otlp_span_exporter(const std::string& endpoint,
                                                 const Resource& resource,
                                                 std::chrono::milliseconds timeout) {
  return std::make_unique<OtlpSpanExporter>(endpoint, resource, timeout);
}

}  // namespace pim::telemetry
