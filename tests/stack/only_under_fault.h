// Queries of boards, alerts and runbooks that answer nothing while all is well, and why. An entry
// that no query has, or whose query does answer in normal operation, fails the test.
#pragma once

#include <array>
#include <string_view>

namespace pim::stack {

struct UnderFault {
  std::string_view where;  // as Query::where has it; of an alert "NAME / SELECTOR"
  std::string_view why;
  // Another test of this stack may have caused the fault before: then an answer proves nothing.
  bool caused_elsewhere = false;
};

inline constexpr auto kOnlyUnderFault = std::to_array<UnderFault>({
    {"pim-telemetry / Refused / A", "Loki counts a reason from its first refusal on", true},
    {"pim-telemetry / Refused -> Explore", "as its first query", true},
    {"pim-telemetry / Refused / C", "Mimir counts a reason from its first refusal on", true},
    {"pim-slo / Availability after retries / A", "no load generator is at work here", true},
    {"pim-slo / Availability after retries / B", "no load generator is at work here", true},
    {"pim-slo / Availability after retries -> Explore", "no load generator is at work here", true},
    {"pim-slo / Budget left, 30 days / A", "its rule is evaluated every ten minutes only", true},
    {"pim-slo / Budget left, 30 days -> Explore", "as its first query", true},
    {"pim:slo_budget:ratio_30d", "evaluated every ten minutes only", true},
    {"pim:slo_all:rate5m", "of the client's no load generator is at work here", true},
    {"pim:slo_good:rate5m", "likewise", true},
    {"pim:slo60_all:rate20s", "likewise", true},
    {"pim:slo60_good:rate20s", "likewise", true},
    {"PimCompressedBurnsFast / pim_load_requests_total", "likewise", true},
    {"PimCompressedBurns / pim_load_requests_total", "likewise", true},
    {"pim:slo_broken:items", "no history is checked here", true},
    {"availability-after-retries.md / 1", "no load generator is at work here", true},
    {"durability.md / 1", "no history is checked here", true},
    {"availability.md / 1", "no request fails here", true},
    {"command-latency.md / 1", "a command takes so long only where the machine is busy", true},
    {"fault-clients.md / 1", "no fault is injected here", true},
    {"fault-clock.md / 1", "no fault is injected here", true},
    {"fault-collector.md / 1", "no fault is injected here", true},
    {"fault-disk.md / 1", "no fault is injected here", true},
    {"fault-network.md / 1", "no fault is injected here", true},
    {"fault-process.md / 1", "no fault is injected here", true},
    {"fault-resources.md / 1", "no fault is injected here", true},
    {"freshness.md / 1", "no event is stuck here", true},
    {"journal.md / 1", "the journal speaks only of what went wrong", true},
    {"query-latency.md / 1", "a query takes so long only where the machine is busy", true},
    {"store-not-writable.md / 1", "nothing is warned of here", true},
    {"target-down.md / 1", "nothing fails here", true},
});

// What these begin, as Query::where, asks for what a kubelet tells: there is none here, and nothing
// may answer. tests/cluster/kubernetes_board.sh asks a real one. But for the second ones, which
// need none.
inline constexpr auto kOfACluster = std::to_array<std::string_view>(
    {"pim-cluster / ", "pim:container_start:seconds", "PimPod", "PimVolume", "PimNode",
     "PimCertificate", "pod-loss.md", "volume-full.md", "node-reboot.md", "certificates.md"});
inline constexpr auto kWithoutCluster = std::to_array<std::string_view>(
    {"pim-cluster / Deploys", "pim-cluster / Faults", "pim-cluster / Alerts",
     "pim-cluster / Missing / A", "pim-cluster / Missing -> Explore"});

}  // namespace pim::stack
