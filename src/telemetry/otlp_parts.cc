#include "telemetry/otlp_parts.h"

#include <opentelemetry/nostd/shared_ptr.h>
#include <opentelemetry/sdk/common/global_log_handler.h>

namespace pim::telemetry {
namespace {

namespace sdk = opentelemetry::sdk;
namespace internal_log = opentelemetry::sdk::common::internal_log;

thread_local int failures_of_this_thread = 0;

class FailureWatch final : public internal_log::LogHandler {
 public:
  void Handle(internal_log::LogLevel level, const char*, int, const char*,
              const sdk::common::AttributeMap&) noexcept override {
    if (level == internal_log::LogLevel::Error) ++failures_of_this_thread;
  }
};

void watch_failures() {
  static const bool set = [] {
    internal_log::GlobalLogHandler::SetLogHandler(
        opentelemetry::nostd::shared_ptr<internal_log::LogHandler>(new FailureWatch));
    return true;
  }();
  (void)set;
}

}  // namespace

sdk::resource::Resource sdk_resource(const Resource& resource) {
  return sdk::resource::Resource::Create({{"service.name", resource.service_name},
                                          {"service.namespace", "pim"},
                                          {"service.version", resource.service_version},
                                          {"service.instance.id", resource.instance_id}});
}

bool was_taken(const std::function<sdk::common::ExportResult()>& export_batch) {
  watch_failures();
  failures_of_this_thread = 0;
  return export_batch() == sdk::common::ExportResult::kSuccess && failures_of_this_thread == 0;
}

}  // namespace pim::telemetry
