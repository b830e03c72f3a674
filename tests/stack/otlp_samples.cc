#include "otlp_samples.h"

namespace pim::stack {
namespace {

Json resource_of(const std::string& service) {
  return {{"attributes",
           {{{"key", "service.name"}, {"value", {{"stringValue", service}}}},
            {{"key", "service.namespace"}, {"value", {{"stringValue", "pim"}}}}}}};
}

// Protobuf: a field that is a number, and one that has a length.
std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 128; number >>= 7) bytes += static_cast<char>(number | 128);
  bytes += static_cast<char>(number);
  return bytes;
}

std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}

std::string block(int field, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(bytes.size()) + bytes;
}

}  // namespace

std::string span_sample(const std::string& service, const std::string& trace_id,
                        const std::string& span_id, WallTime start) {
  const Json span = {{"traceId", trace_id},
                     {"spanId", span_id},
                     {"name", "sample"},
                     {"kind", 2},
                     {"startTimeUnixNano", nanoseconds(start)},
                     {"endTimeUnixNano", nanoseconds(start + std::chrono::milliseconds(7))}};
  return Json{
      {"resourceSpans",
       {{{"resource", resource_of(service)}, {"scopeSpans", {{{"spans", Json::array({span})}}}}}}}}
      .dump();
}

std::string log_sample(const std::string& service, const std::string& text,
                       const std::string& trace_id, const std::string& span_id, WallTime time) {
  const Json record = {
      {"timeUnixNano", nanoseconds(time)}, {"severityNumber", 9}, {"severityText", "INFO"},
      {"body", {{"stringValue", text}}},   {"traceId", trace_id}, {"spanId", span_id}};
  return Json{{"resourceLogs",
               {{{"resource", resource_of(service)},
                 {"scopeLogs", {{{"logRecords", Json::array({record})}}}}}}}}
      .dump();
}

std::string gauge_sample(const std::string& service, const std::string& name, double value,
                         WallTime time) {
  const Json point = {{"timeUnixNano", nanoseconds(time)}, {"asDouble", value}};
  const Json metric = {{"name", name}, {"gauge", {{"dataPoints", Json::array({point})}}}};
  return Json{{"resourceMetrics",
               {{{"resource", resource_of(service)},
                 {"scopeMetrics", {{{"metrics", Json::array({metric})}}}}}}}}
      .dump();
}

std::string profile_sample(const std::string& function, int milliseconds, WallTime end) {
  const auto ns = static_cast<std::uint64_t>(milliseconds) * 1'000'000;
  const auto end_ns = static_cast<std::uint64_t>(std::stoll(nanoseconds(end)));
  const auto cpu = number(1, 1) + number(2, 2);                  // ValueType: strings 1, 2
  return block(1, cpu) +                                         // sample_type
         block(2, number(1, 1) + number(2, ns)) +                // sample: location, value
         block(4, number(1, 1) + number(3, 4096) +               // location: id, address
                      block(4, number(1, 1) + number(2, 1))) +   // line: function, line
         block(5, number(1, 1) + number(2, 3) + number(3, 3)) +  // function: id, names
         block(6, "") +
         block(6, "cpu") + block(6, "nanoseconds") +                     // string_table
         block(6, function) + number(9, end_ns - ns) + number(10, ns) +  // time, duration
         block(11, cpu) + number(12, 10'000'000);                        // period_type, period
}

}  // namespace pim::stack
