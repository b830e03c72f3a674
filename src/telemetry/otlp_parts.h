// What the two OTLP exporters share. For their sources only: it includes opentelemetry-cpp.
#pragma once

#include <opentelemetry/nostd/string_view.h>
#include <opentelemetry/sdk/common/exporter_utils.h>
#include <opentelemetry/sdk/resource/resource.h>

#include <functional>
#include <string>
#include <type_traits>
#include <variant>

#include "telemetry/attribute.h"
#include "telemetry/resource.h"

namespace pim::telemetry {

opentelemetry::sdk::resource::Resource sdk_resource(const Resource& resource);

// Runs an export; whether the back end took it. opentelemetry-cpp 1.19 answers kSuccess whatever
// came back; the truth is only in its log.
bool was_taken(const std::function<opentelemetry::sdk::common::ExportResult()>& export_batch);

// `record`: a span's or a log record's recordable.
template <class Recordable>
void set_attribute(Recordable& record, const Attribute& attribute) {
  namespace nostd = opentelemetry::nostd;
  const nostd::string_view key(attribute.key.data(), attribute.key.size());
  std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
          record.SetAttribute(key, nostd::string_view(value.data(), value.size()));
        } else {
          record.SetAttribute(key, value);
        }
      },
      attribute.value);
}

}  // namespace pim::telemetry
