// Every metric of `pim load run`, with unit, labels and meaning: the one list.
// docs/telemetry.md shows it (`pim metrics --load --markdown`); rules and dashboards depend on it.
#pragma once

#include <array>

#include "telemetry/metric_table.h"

namespace pim::load::metrics {

using telemetry::MetricInfo;
using enum telemetry::MetricType;

// Every threshold of an SLO is a bucket's bound.
inline constexpr std::array kLatencyBounds{0.0005, 0.001, 0.003, 0.005, 0.01, 0.015, 0.03, 0.05,
                                           0.1,    0.15,  0.25,  0.5,   1.0,  2.5,   5.0,  10.0};

inline constexpr MetricInfo kRequests{
    "pim_load_requests",
    counter,
    "",
    "Requests that ended, as a client sees it. `kind`: command or query. `view`: `first` is a "
    "client without retries, which ends with its first attempt; `after_retries` is ours. "
    "`outcome`: `ok` and `rejected` are answers; `server_error`, `shed`, `timeout`, `refused`, "
    "`reset` and `other` are failures.",
    {"operation", "kind", "view", "outcome"},
    2048};
inline constexpr MetricInfo kRequestSeconds{
    "pim_load_request_duration_seconds",
    histogram,
    "seconds",
    "From a request's intended start to its end, failed ones too, with exemplars of traces that "
    "the server was asked to keep.",
    {"operation", "kind", "view"},
    256,
    kLatencyBounds};
inline constexpr MetricInfo kAttempts{"pim_load_attempts", counter, "", "Attempts sent."};
inline constexpr MetricInfo kRetries{"pim_load_retries", counter, "",
                                     "Attempts sent that were not a request's first."};
inline constexpr MetricInfo kRetriesDenied{
    "pim_load_retries_denied",
    counter,
    "",
    "Requests given up instead: `budget`, `attempts` or `deadline` was used up.",
    {"reason"}};
inline constexpr MetricInfo kOwnWrites{
    "pim_load_own_write_reads",
    counter,
    "",
    "Reads at a position that was acknowledged before; `result`: `fresh`, or `stale` where the "
    "write was missing.",
    {"result"}};
inline constexpr MetricInfo kInFlight{"pim_load_in_flight", gauge, "", "Requests on a connection."};
inline constexpr MetricInfo kWaiting{
    "pim_load_waiting", gauge, "",
    "Requests that wait for a connection or for their next attempt."};
inline constexpr MetricInfo kRetryBudget{"pim_load_retry_budget", gauge, "",
                                         "Retries that the budget would allow now."};
inline constexpr MetricInfo kLag{"pim_load_lag_seconds", gauge, "seconds",
                                 "The most by which an arrival of the last second was taken up "
                                 "late: the generator's own fault."};
inline constexpr MetricInfo kCpu{"pim_load_cpu_ratio", gauge, "ratio",
                                 "Of a processor, used by the generator's thread; 0 to 1."};
inline constexpr MetricInfo kFault{"pim_load_fault",
                                   gauge,
                                   "",
                                   "1 while the fault is in force: ground truth.",
                                   {"kind", "target"}};

inline constexpr std::array kOfLoad{
    &kRequests, &kRequestSeconds, &kAttempts,    &kRetries, &kRetriesDenied, &kOwnWrites,
    &kInFlight, &kWaiting,        &kRetryBudget, &kLag,     &kCpu,           &kFault};
inline constexpr std::array<telemetry::MetricSection, 1> kSections{{{"Load", kOfLoad}}};

}  // namespace pim::load::metrics
