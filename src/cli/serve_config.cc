#include "cli/serve_config.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "data/toml.h"

namespace pim::cli {
namespace {

struct Origin {
  std::string value;
  std::string where;  // "--port", "PIM_PORT", "port in the configuration file"
};
using Resolved = std::map<std::string, Origin, std::less<>>;

bool is_setting(std::string_view name) {
  return std::ranges::find(kSettings, name, &Setting::name) != kSettings.end();
}

Result<SettingValues, std::string> read_toml(std::string_view text) {
  const auto table = data::parse_toml(text);
  if (!table) {
    return Err{"configuration file, line " + std::to_string(table.error().place.line) + ": " +
               table.error().message};
  }
  SettingValues values;
  for (const auto& [key, node] : *table) {
    const std::string name(key.str());
    if (!is_setting(name)) return Err{"configuration file: unknown setting '" + name + "'"};
    if (const auto text_value = node.value_exact<std::string>()) {
      values[name] = *text_value;
    } else if (const auto number = node.value_exact<std::int64_t>()) {
      values[name] = std::to_string(*number);
    } else {
      return Err{"configuration file: '" + name + "' must be a text or an integer"};
    }
  }
  return values;
}

// Copies settings into the typed configuration; the first problem stays.
class Reader {
 public:
  explicit Reader(const Resolved& values) : values_(values) {}

  const std::string& text(std::string_view name) const { return values_.find(name)->second.value; }

  template <class T>
  T number(std::string_view name, std::uint64_t min, std::uint64_t max) {
    const auto& [value, where] = values_.find(name)->second;
    std::uint64_t parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    const bool whole = error == std::errc{} && end == value.data() + value.size();
    if (!whole || parsed < min || parsed > max) {
      fail(where + " is '" + value + "' and must be an integer from " + std::to_string(min) +
           " to " + std::to_string(max));
    }
    return static_cast<T>(parsed);
  }

  void fail(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
  }
  const std::optional<std::string>& problem() const { return problem_; }

 private:
  const Resolved& values_;
  std::optional<std::string> problem_;
};

bool is_label(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, allowed);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

std::string environment_name(std::string_view setting) {
  std::string name = "PIM_";
  for (const char c : setting) {
    name.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  }
  return name;
}

Result<ServeConfig, std::string> resolve_serve_config(const SettingValues& flags,
                                                      const Environment& environment,
                                                      std::string_view toml) {
  const auto file = read_toml(toml);
  if (!file) return Err{file.error()};
  Resolved resolved;
  for (const auto& setting : kSettings) {
    const std::string name(setting.name);
    Origin& origin = resolved[name];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      origin = {flag->second, "--" + name};
    } else if (const auto variable = environment(environment_name(name))) {
      origin = {*variable, environment_name(name)};
    } else if (const auto key = file->find(name); key != file->end()) {
      origin = {key->second, name + " in the configuration file"};
    } else {
      origin = {std::string(setting.standard), name};
    }
  }

  Reader reader(resolved);
  ServeConfig config;
  config.data = without_slash(reader.text("data"));
  config.wait_for_data = std::chrono::seconds(reader.number<int>("wait-seconds", 0, 3600));
  config.anchors = without_slash(reader.text("anchors"));
  config.keys = reader.text("keys");
  config.ready_file = reader.text("ready-file");
  config.listen = reader.text("listen");
  config.admin_listen = reader.text("admin-listen");
  config.tls_cert = reader.text("tls-cert");
  config.tls_key = reader.text("tls-key");
  config.plain_anywhere = reader.text("plain-http") == "anywhere";
  config.port = reader.number<std::uint16_t>("port", 0, 65535);
  config.admin_port = reader.number<std::uint16_t>("admin-port", 0, 65535);
  config.shards = reader.number<std::uint32_t>("shards", 1, 256);
  config.region = reader.text("region");
  config.io_threads = reader.number<std::uint32_t>("io-threads", 1, 64);
  config.max_connections = reader.number<std::uint32_t>("max-connections", 1, 100'000);
  config.cache_streams = reader.number<std::uint32_t>("cache-streams", 1, 100'000'000);
  config.anchor_every = std::chrono::seconds(reader.number<int>("anchor-seconds", 1, 86400));
  config.drain_limit = std::chrono::milliseconds(reader.number<int>("drain-ms", 0, 60'000));
  config.telemetry_end =
      std::chrono::milliseconds(reader.number<int>("telemetry-end-ms", 0, 60'000));
  config.otlp_endpoint = without_slash(reader.text("otlp-endpoint"));
  config.trace_rate = reader.number<std::uint32_t>("trace-rate", 0, 1'000'000);
  config.trace_share = reader.number<std::uint32_t>("trace-percent", 0, 100) / 100.0;
  config.profile_hz = reader.number<std::uint32_t>("profile-hz", 0, 1000);
  config.pyroscope_endpoint = without_slash(reader.text("pyroscope-endpoint"));
  for (const auto& [name, endpoint] :
       {std::pair("otlp-endpoint", &config.otlp_endpoint),
        std::pair("pyroscope-endpoint", &config.pyroscope_endpoint)}) {
    if (!endpoint->empty() && !endpoint->starts_with("http://") &&
        !endpoint->starts_with("https://")) {
      reader.fail(std::string("--") + name + " must begin with http:// or https://");
    }
  }
  if (!config.pyroscope_endpoint.empty() && config.profile_hz == 0) {
    reader.fail("--pyroscope-endpoint wants a profiler: --profile-hz must not be 0");
  }
  config.pyroscope_tls = {.authorities = reader.text("pyroscope-ca"),
                          .certificate = reader.text("pyroscope-cert"),
                          .key = reader.text("pyroscope-key")};
  if (config.pyroscope_tls.certificate.empty() != config.pyroscope_tls.key.empty()) {
    reader.fail("--pyroscope-cert and --pyroscope-key go together");
  }
  if (!is_label(config.region)) {
    reader.fail("--region is '" + config.region + "' and must be 1 to 32 of a-z, 0-9 and -");
  }
  if (config.data.empty()) reader.fail("--data DIRECTORY is required");
  if (!config.plain_anywhere && reader.text("plain-http") != "loopback") {
    reader.fail("--plain-http is '" + reader.text("plain-http") +
                "' and must be loopback or anywhere");
  }
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    reader.fail("--tls-cert and --tls-key go together");
  }
  if (config.anchors.empty()) config.anchors = config.data + "-anchors";
  if (config.anchors == config.data || config.anchors.starts_with(config.data + "/")) {
    reader.fail("--anchors must lie outside --data: who can change one must not reach the other");
  }
  if (const auto& problem = reader.problem()) return Err{*problem};
  return config;
}

}  // namespace pim::cli
