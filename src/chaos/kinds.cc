#include <algorithm>
#include <array>
#include <utility>

#include "chaos/cgroup/cgroup_faults.h"
#include "chaos/clients/bad_clients.h"
#include "chaos/clock/clock_fault.h"
#include "chaos/instrument/instrument.h"
#include "chaos/kind.h"
#include "chaos/net/namespace_faults.h"
#include "chaos/process/process_faults.h"

namespace pim::chaos {
namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;

constexpr ParameterInfo percent(std::string_view standard, std::string_view meaning) {
  return {"percent", Unit::percent, standard, 0, 100, "", meaning};
}
constexpr ParameterInfo kFiles{
    "files", Unit::text, "*", 0, 0, "", "which files, as a shell pattern from the disk's root"};
constexpr ParameterInfo kOperations{
    "operations", Unit::choice, "all", 0, 0, "all|read|write|sync|name", "which of them"};
constexpr ParameterInfo kDirection{
    "direction", Unit::choice, "both", 0, 0, "both|to-server|to-client", "which way"};

constexpr std::array<ParameterInfo, 0> kNone{};
constexpr auto kSigterm = std::to_array<ParameterInfo>(
    {{"grace", Unit::duration, "30s", 0, 600, "", "how long it may drain before SIGKILL"}});
constexpr auto kDiskSlow = std::to_array<ParameterInfo>(
    {{"delay", Unit::duration, "20ms", 0, 60, "", "before each operation"}, kOperations, kFiles});
constexpr auto kDiskFull = std::to_array<ParameterInfo>(
    {{"free", Unit::bytes, "0", 0, 1024 * kGiB, "", "what may still be written"}});
constexpr auto kDiskEio =
    std::to_array<ParameterInfo>({percent("100", "of the operations fail"), kOperations, kFiles});
constexpr auto kFsyncStall = std::to_array<ParameterInfo>({kFiles});
constexpr auto kFsyncFail =
    std::to_array<ParameterInfo>({percent("100", "of the fsyncs fail"), kFiles});
constexpr auto kCpuPressure = std::to_array<ParameterInfo>(
    {{"share", Unit::percent, "20", 1, 10000, "", "of one processor that is left"}});
constexpr auto kMemoryPressure =
    std::to_array<ParameterInfo>({{"limit", Unit::bytes, "64MiB", 1024 * 1024.0, 1024 * kGiB, "",
                                   "what it may take from now on, page cache included"}});
constexpr auto kClockStep = std::to_array<ParameterInfo>(
    {{"step", Unit::duration, "1h", -8784 * 3600.0, 8784 * 3600.0, "", "ahead; below zero: back"}});
constexpr auto kNetDelay =
    std::to_array<ParameterInfo>({{"delay", Unit::duration, "50ms", 0, 60, "", "of what passes"},
                                  {"jitter", Unit::duration, "0ms", 0, 60, "", "more or less"},
                                  kDirection});
constexpr auto kNetBandwidth = std::to_array<ParameterInfo>(
    {{"rate", Unit::bytes, "64KiB", 1, 16 * kGiB, "", "a second, of each connection"}, kDirection});
constexpr auto kNetLoss = std::to_array<ParameterInfo>(
    {percent("5", "of the reads stall, as where a packet is lost"),
     {"stall", Unit::duration, "200ms", 0, 60, "", "until it would be sent again"},
     kDirection});
constexpr auto kNetReset =
    std::to_array<ParameterInfo>({percent("1", "of the reads end their connection")});
constexpr auto kNetBlackhole = std::to_array<ParameterInfo>({kDirection});
constexpr auto kPartition = std::to_array<ParameterInfo>(
    {{"direction", Unit::choice, "both", 0, 0, "both|in|out", "which packets are dropped"}});
constexpr auto kNetem = std::to_array<ParameterInfo>(
    {{"interface", Unit::text, "eth0", 0, 0, "", "of the process's namespace"},
     {"delay", Unit::duration, "50ms", 0, 60, "", "of each packet it sends"},
     {"jitter", Unit::duration, "0ms", 0, 60, "", "more or less"},
     percent("0", "of the packets are lost")});
constexpr auto kSlowClients = std::to_array<ParameterInfo>(
    {{"connections", Unit::count, "64", 1, 10000, "", "kept open, again where they are ended"},
     {"pace", Unit::duration, "1s", 0.001, 600, "", "between two bytes"},
     {"side", Unit::choice, "head", 0, 0, "head|body|read", "what they are slow in"}});
constexpr auto kClientResets = std::to_array<ParameterInfo>(
    {{"rate", Unit::count, "50", 1, 5000, "", "connections a second"}});
constexpr auto kMalformedFlood =
    std::to_array<ParameterInfo>({{"rate", Unit::count, "500", 1, 20000, "", "requests a second"}});

constexpr auto kKinds = std::to_array<Kind>({
    {"sigkill", "SIGKILL; down until it is undone, then started again", Need::restart, kNone,
     "fault-process", make_sigkill},
    {"sigterm", "SIGTERM under load; down until it is undone, then started again", Need::restart,
     kSigterm, "fault-process", make_sigterm},
    {"sigstop", "SIGSTOP, and SIGCONT", Need::process, kNone, "fault-process", make_sigstop},
    {"collector-down", "The Collector ends; nobody takes telemetry until it is started again",
     Need::restart, kSigterm, "fault-collector", make_sigterm},
    {"cpu-pressure", "Little processor time, by a cgroup of its own", Need::process, kCpuPressure,
     "fault-resources", make_cpu_pressure},
    {"memory-pressure", "Little memory, by a cgroup of its own", Need::process, kMemoryPressure,
     "fault-resources", make_memory_pressure},
    {"disk-slow", "Operations on files take longer", Need::disk, kDiskSlow, "fault-disk",
     make_disk_rule},
    {"disk-full", "ENOSPC for what does not fit", Need::disk, kDiskFull, "fault-disk",
     make_disk_rule},
    {"disk-eio", "EIO for operations on files", Need::disk, kDiskEio, "fault-disk", make_disk_rule},
    {"fsync-stall", "fsync does not return until this is undone", Need::disk, kFsyncStall,
     "fault-disk", make_disk_rule},
    {"fsync-fail", "fsync fails with EIO", Need::disk, kFsyncFail, "fault-disk", make_disk_rule},
    {"net-delay", "What passes is late", Need::proxy, kNetDelay, "fault-network", make_proxy_rule},
    {"net-bandwidth", "Little passes at a time", Need::proxy, kNetBandwidth, "fault-network",
     make_proxy_rule},
    {"net-loss", "Connections stall, as where packets are lost", Need::proxy, kNetLoss,
     "fault-network", make_proxy_rule},
    {"net-reset", "Connections are reset now and then", Need::proxy, kNetReset, "fault-network",
     make_proxy_rule},
    {"net-cut", "All connections are reset, new ones too", Need::proxy, kNone, "fault-network",
     make_proxy_rule},
    {"net-blackhole", "Connections stay, and nothing passes", Need::proxy, kNetBlackhole,
     "fault-network", make_proxy_rule},
    {"net-partition", "Packets of its network namespace are dropped, by nftables", Need::network,
     kPartition, "fault-network", make_partition},
    {"netem", "Packets are late or lost, by the kernel's netem", Need::network, kNetem,
     "fault-network", make_netem},
    {"slow-clients", "Connections that send or read a byte now and then", Need::address,
     kSlowClients, "fault-clients", make_slow_clients},
    {"client-resets", "Connections that end by a reset in the middle of a request", Need::address,
     kClientResets, "fault-clients", make_client_resets},
    {"malformed-flood", "Bytes that are no request", Need::address, kMalformedFlood,
     "fault-clients", make_malformed_flood},
    {"clock-step", "The wall clock jumps", Need::clock, kClockStep, "fault-clock", make_clock_step},
});

bool is_met(Need need, const Target& target) {
  switch (need) {
    case Need::process:
    case Need::network:
      return target.process != nullptr || target.pid.has_value();
    case Need::restart:
      return target.process != nullptr;
    case Need::disk:
      return !target.disk.empty();
    case Need::proxy:
      return !target.proxy.empty();
    case Need::address:
      return !target.address.empty();
    case Need::clock:
      return !target.clock.empty();
  }
  return false;
}

}  // namespace

std::span<const Kind> kinds() { return kKinds; }

const Kind* find_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kKinds, name, &Kind::name);
  return found == kKinds.end() ? nullptr : found;
}

std::string_view to_string(Need need) {
  switch (need) {
    case Need::process:
      return "a process";
    case Need::restart:
      return "a process that can be started again (a unit file)";
    case Need::network:
      return "a process in a network namespace of its own";
    case Need::disk:
      return "a fault disk below its data (pim chaos disk)";
    case Need::proxy:
      return "a fault proxy before its port (pim chaos proxy)";
    case Need::address:
      return "its port on loopback";
    case Need::clock:
      return "pim-planted with PIM_PLANTED_CLOCK=FILE";
  }
  return {};
}

Result<Parameters, ParameterProblem> check_fault(std::string_view kind,
                                                 const ParameterTexts& given) {
  const auto* known = find_kind(kind);
  if (known == nullptr) {
    return Err{ParameterProblem{"", "no fault is called '" + std::string(kind) +
                                        "'; `pim chaos list` shows those there are"}};
  }
  return Parameters::read(known->parameters, given);
}

Result<Fault, FaultError> make_fault(std::string_view kind, const Target& target,
                                     const ParameterTexts& given, Footprints* footprints) {
  const auto parameters = check_fault(kind, given);
  if (!parameters) return Err{FaultError{Trouble::usage, parameters.error().message}};
  const auto& known = *find_kind(kind);
  if (!is_met(known.need, target)) {
    return Err{FaultError{Trouble::usage, std::string(kind) + " needs " +
                                              std::string(to_string(known.need)) + ", and '" +
                                              target.name + "' has none"}};
  }
  return Fault(std::string(kind), target.name, *parameters,
               known.make({known, target, *parameters, footprints}));
}

}  // namespace pim::chaos
