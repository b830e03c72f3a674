#include "telemetry/otlp_spans.h"

#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/nostd/span.h>
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <opentelemetry/sdk/instrumentationscope/instrumentation_scope.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/recordable.h>

#include <utility>
#include <vector>

namespace pim::telemetry {
namespace {

namespace otlp = opentelemetry::exporter::otlp;
namespace sdk = opentelemetry::sdk;
namespace trace = opentelemetry::trace;
namespace nostd = opentelemetry::nostd;

trace::SpanContext context_of(const TraceContext& context) {
  return {trace::TraceId(context.trace_id), trace::SpanId(context.span_id),
          trace::TraceFlags(context.sampled ? trace::TraceFlags::kIsSampled : 0), false};
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

// opentelemetry-cpp 1.19 answers kSuccess whatever the back end said; the truth is only in its log.
thread_local int failures_of_this_thread = 0;

class FailureWatch final : public sdk::common::internal_log::LogHandler {
 public:
  void Handle(sdk::common::internal_log::LogLevel level, const char*, int, const char*,
              const sdk::common::AttributeMap&) noexcept override {
    if (level == sdk::common::internal_log::LogLevel::Error) ++failures_of_this_thread;
  }
};

void watch_failures() {
  static const bool set = [] {
    sdk::common::internal_log::GlobalLogHandler::SetLogHandler(
        nostd::shared_ptr<sdk::common::internal_log::LogHandler>(new FailureWatch));
    return true;
  }();
  (void)set;
}

class OtlpSpanExporter final : public SpanExporter {
 public:
  OtlpSpanExporter(const std::string& endpoint, const Resource& resource)
      : resource_(sdk::resource::Resource::Create({{"service.name", resource.service_name},
                                                   {"service.namespace", "pim"},
                                                   {"service.version", resource.service_version},
                                                   {"service.instance.id", resource.instance_id}})),
        scope_(sdk::instrumentationscope::InstrumentationScope::Create("pim")) {
    otlp::OtlpHttpExporterOptions options;
    options.url = endpoint + "/v1/traces";
    options.content_type = otlp::HttpRequestContentType::kBinary;
    options.timeout = std::chrono::seconds(3);
    options.retry_policy_max_attempts = 1;  // the tracer tries again, and counts
    exporter_ = otlp::OtlpHttpExporterFactory::Create(options);
  }

  bool send(std::span<const Span> spans) override {
    std::vector<std::unique_ptr<sdk::trace::Recordable>> batch;
    batch.reserve(spans.size());
    for (const Span& span : spans) batch.push_back(recordable(span));
    const nostd::span<std::unique_ptr<sdk::trace::Recordable>> all(batch.data(), batch.size());
    failures_of_this_thread = 0;
    const auto result = exporter_->Export(all);
    return result == sdk::common::ExportResult::kSuccess && failures_of_this_thread == 0;
  }

 private:
  std::unique_ptr<sdk::trace::Recordable> recordable(const Span& span) const {
    auto record = exporter_->MakeRecordable();
    record->SetIdentity(context_of(span.context), trace::SpanId(span.parent));
    record->SetName(span.name);
    record->SetSpanKind(kind_of(span.kind));
    record->SetStartTime(opentelemetry::common::SystemTimestamp(span.start));
    record->SetDuration(span.duration);
    for (const auto& [key, value] : span.attributes) {
      const nostd::string_view name(key.data(), key.size());
      std::visit(
          [&](const auto& each) {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, std::string>) {
              record->SetAttribute(name, nostd::string_view(each.data(), each.size()));
            } else {
              record->SetAttribute(name, each);
            }
          },
          value);
    }
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
                                                 const Resource& resource) {
  watch_failures();
  return std::make_unique<OtlpSpanExporter>(endpoint, resource);
}

}  // namespace pim::telemetry
