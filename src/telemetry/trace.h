// W3C Trace Context (Level 1): `traceparent` in and out. Spans are exported elsewhere; this is what
// every room hands on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim::telemetry {

struct TraceContext {
  std::array<std::uint8_t, 16> trace_id{};  // never all zero
  std::array<std::uint8_t, 8> span_id{};    // never all zero
  bool sampled = true;

  // nullopt for anything that is not a valid version-00 (or later, read as 00) traceparent.
  static std::optional<TraceContext> parse(std::string_view traceparent);
  static TraceContext root();  // a new trace, from a per-thread generator seeded by the system
  TraceContext child() const;  // the same trace, a new span
  std::string traceparent() const;
  std::string trace_hex() const;  // 32 lower-case digits
  std::string span_hex() const;   // 16 lower-case digits
};

// Appends its traceparent: for those who send many.
void append_traceparent(std::string& out, const TraceContext& context);

// 64 random bits from the same per-thread generator: ids, not secrets.
std::uint64_t random_bits();

}  // namespace pim::telemetry
