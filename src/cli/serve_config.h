// What `pim serve` can be told: by flag, by PIM_ environment variable, by TOML file, in that order.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domain/result.h"
#include "telemetry/pyroscope.h"

namespace pim::cli {

struct ServeConfig {
  std::string data;
  std::chrono::seconds wait_for_data{0};  // while another process has it
  std::string anchors;                    // a directory outside `data`
  std::string keys;                       // of tokens
  std::string ready_file;                 // empty: none
  std::string listen = "127.0.0.1";
  std::string admin_listen = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: the system chooses
  std::uint16_t admin_port = 8081;
  std::string tls_cert;
  std::string tls_key;
  bool plain_anywhere = false;  // no TLS beyond loopback either
  std::uint32_t shards = 4;
  std::string region = "local";  // a label: 1 to 32 of [a-z0-9-]
  std::uint32_t io_threads = 2;
  std::uint32_t max_connections = 1024;
  std::uint32_t cache_streams = 50'000;  // a shard
  std::chrono::seconds anchor_every{60};
  std::chrono::milliseconds drain_limit{5000};
  std::chrono::milliseconds telemetry_end{10'000};  // for what is left, when all else has ended
  std::string otlp_endpoint;                        // empty: no spans, no exemplars, log lines only
  std::uint32_t trace_rate = 50;                    // traces a second that are kept whatever
  double trace_share = 0.01;                        // of those beyond
  std::uint32_t profile_hz = 100;                   // 0: no profiler
  std::string pyroscope_endpoint;                   // empty: no profiles are sent
  telemetry::ClientTls pyroscope_tls;
};

struct Setting {
  std::string_view name;  // as flag `--name`, as key `name`, as PIM_NAME
  std::string_view standard;
  std::string_view meaning;
};

inline constexpr auto kSettings = std::to_array<Setting>({
    {"data", "", "Data directory; created where absent; one process at a time"},
    {"wait-seconds", "0", "How long to wait for a data directory that another process has"},
    {"anchors", "", "Directory of the signed heads, outside the data (default: DATA-anchors)"},
    {"keys", ".lab/keys.json", "Keys that tokens are verified with (pim token --init)"},
    {"ready-file", "", "Written once ready: {\"pid\",\"port\",\"admin_port\"}"},
    {"listen", "127.0.0.1", "Address of the data port; beyond loopback only with TLS"},
    {"port", "8080", "Data port; 0: any free one"},
    {"admin-listen", "127.0.0.1", "Address of the admin port; beyond loopback only with TLS"},
    {"admin-port", "8081", "Admin port; 0: any free one"},
    {"tls-cert", "", "Certificate chain, PEM"},
    {"tls-key", "", "Private key, PEM"},
    {"plain-http", "loopback", "Where no TLS is asked for: loopback, or anywhere (in a pod)"},
    {"shards", "4", "Shard executors"},
    {"region", "local", "Where this node runs: up to 32 of a-z, 0-9 and -; a label of metrics"},
    {"io-threads", "2", "Threads that serve connections"},
    {"max-connections", "1024", "Connections at a time; more get 503"},
    {"cache-streams", "50000", "Patients kept in memory, a shard"},
    {"anchor-seconds", "60", "Time between two signed heads"},
    {"otlp-endpoint", "", "Where spans and logs go: http://HOST:4318, an OpenTelemetry Collector"},
    {"trace-rate", "50", "Traces a second that are all kept"},
    {"trace-percent", "1", "Of the traces beyond that rate, how many of a hundred are kept"},
    {"profile-hz", "100", "CPU samples a second of CPU time while somebody records; 0: off"},
    {"pyroscope-endpoint", "", "Where profiles go: http://HOST:4040, a Pyroscope"},
    {"pyroscope-ca", "", "Whose certificate it must have, PEM (default: one the system trusts)"},
    {"pyroscope-cert", "", "Certificate shown to it, PEM; read anew for each profile"},
    {"pyroscope-key", "", "Private key of that certificate, PEM"},
    {"drain-ms", "5000", "How long SIGTERM waits for admitted requests"},
    {"telemetry-end-ms", "10000", "How long the end then waits for telemetry that is left"},
});

// By setting name.
using SettingValues = std::map<std::string, std::string, std::less<>>;
// The environment variable's value, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// `flags` holds what the command line says, `toml` the text of the file (empty: none). The error
// names the setting, where it came from and what it must be.
Result<ServeConfig, std::string> resolve_serve_config(const SettingValues& flags,
                                                      const Environment& environment,
                                                      std::string_view toml);

// `anchor-seconds` -> `PIM_ANCHOR_SECONDS`.
std::string environment_name(std::string_view setting);

}  // namespace pim::cli
