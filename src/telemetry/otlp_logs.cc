#include "telemetry/otlp_logs.h"

#include <opentelemetry/exporters/otlp/otlp_http_log_record_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_log_record_exporter_options.h>
#include <opentelemetry/logs/severity.h>
#include <opentelemetry/nostd/span.h>
#include <opentelemetry/sdk/instrumentationscope/instrumentation_scope.h>
#include <opentelemetry/sdk/logs/exporter.h>
#include <opentelemetry/sdk/logs/recordable.h>
#include <opentelemetry/trace/span_id.h>
#include <opentelemetry/trace/trace_flags.h>
#include <opentelemetry/trace/trace_id.h>

#include <vector>

#include "telemetry/otlp_parts.h"

namespace pim::telemetry {
namespace {

using opentelemetry::logs::Severity;
using SdkLogRecord = opentelemetry::sdk::logs::Recordable;

Severity severity_of(Level level) {
  switch (level) {
    case Level::debug:
      return Severity::kDebug;
    case Level::info:
      return Severity::kInfo;
    case Level::warn:
      return Severity::kWarn;
    case Level::error:
      break;
  }
  return Severity::kError;
}

class OtlpLogExporter final : public LogExporter {
 public:
  OtlpLogExporter(const std::string& endpoint, const Resource& resource,
                  std::chrono::milliseconds timeout)
      : resource_(sdk_resource(resource)),
        scope_(opentelemetry::sdk::instrumentationscope::InstrumentationScope::Create("pim")) {
    opentelemetry::exporter::otlp::OtlpHttpLogRecordExporterOptions options;
    options.url = endpoint + "/v1/logs";
    options.content_type = opentelemetry::exporter::otlp::HttpRequestContentType::kBinary;
    options.timeout = timeout;
    options.retry_policy_max_attempts = 1;  // the queue tries again, and counts
    exporter_ = opentelemetry::exporter::otlp::OtlpHttpLogRecordExporterFactory::Create(options);
  }

  bool send(std::span<const LogRecord> records) override {
    std::vector<std::unique_ptr<SdkLogRecord>> batch;
    batch.reserve(records.size());
    for (const LogRecord& record : records) batch.push_back(recordable(record));
    const opentelemetry::nostd::span<std::unique_ptr<SdkLogRecord>> all(batch.data(), batch.size());
    return was_taken([&] { return exporter_->Export(all); });
  }

 private:
  std::unique_ptr<SdkLogRecord> recordable(const LogRecord& record) const {
    auto out = exporter_->MakeRecordable();
    const opentelemetry::common::SystemTimestamp time(record.time);
    out->SetTimestamp(time);
    out->SetObservedTimestamp(time);
    out->SetSeverity(severity_of(record.level));
    out->SetBody(opentelemetry::nostd::string_view(record.body.data(), record.body.size()));
    set_attribute(*out, {"level", std::string(to_string(record.level))});
    if (record.trace) {
      namespace trace = opentelemetry::trace;
      const auto flags = record.trace->sampled ? trace::TraceFlags::kIsSampled : std::uint8_t{0};
      out->SetTraceId(trace::TraceId(record.trace->trace_id));
      out->SetSpanId(trace::SpanId(record.trace->span_id));
      out->SetTraceFlags(trace::TraceFlags(flags));
      set_attribute(*out, {"sampled", record.trace->sampled});
    }
    for (const auto& attribute : record.attributes) set_attribute(*out, attribute);
    out->SetResource(resource_);
    out->SetInstrumentationScope(*scope_);
    return out;
  }

  const opentelemetry::sdk::resource::Resource resource_;
  const std::unique_ptr<opentelemetry::sdk::instrumentationscope::InstrumentationScope> scope_;
  std::unique_ptr<opentelemetry::sdk::logs::LogRecordExporter> exporter_;
};

}  // namespace

std::unique_ptr<LogExporter> otlp_log_exporter(const std::string& endpoint,
                                               const Resource& resource,
                                               std::chrono::milliseconds timeout) {
  return std::make_unique<OtlpLogExporter>(endpoint, resource, timeout);
}

}  // namespace pim::telemetry
