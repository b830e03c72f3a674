// What a check found that looks once and ends (a history, a chain, a rebuilt state), as gauges to
// an OpenTelemetry Collector: pim_check_items and pim_check_bad_items {slo, check}. The objectives
// without a budget are judged by them (observability/slo).
#pragma once

#include <cstdint>
#include <string>

namespace pim::telemetry {

struct CheckReport {
  std::string slo;          // durability, auditability
  std::string check;        // who looked: audit-verify; letters, digits and dashes, as `slo`
  std::uint64_t items = 0;  // that were looked at
  std::uint64_t bad = 0;
};

// Whether the Collector at `endpoint` (http://127.0.0.1:4318) took it; within some seconds. Without
// an endpoint there is nobody to tell, and that is no failure.
bool report_check(const std::string& endpoint, const CheckReport& report);

}  // namespace pim::telemetry
