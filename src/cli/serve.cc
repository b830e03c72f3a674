#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "api/version.h"
#include "cli/command.h"
#include "cli/command_trace.h"
#include "cli/compose.h"
#include "cli/json_object.h"
#include "cli/serve_config.h"
#include "cli/stop_signals.h"
#include "cli/text_file.h"
#include "domain/event.h"
#include "store/sqlite/directory_lock.h"
#include "telemetry/event.h"
#include "telemetry/log.h"

namespace pim::cli {
namespace {

using std::chrono::steady_clock;
using telemetry::Level;

bool write_ready_file(const ServeConfig& config, const Node& node) {
  if (config.ready_file.empty()) return true;
  JsonObject ready;
  ready.add("pid", ::getpid()).add("port", node.port()).add("admin_port", node.admin_port());
  return write_file_atomically(config.ready_file, ready.str() + "\n");
}

void anchor(Node& node) {
  if (const auto anchored = node.anchor(); !anchored) {
    telemetry::log(Level::error, "heads were not anchored", {{"cause", anchored.error()}});
  }
}

// For dashboards to annotate by: a version begins or ends to serve.
void announce(Node& node, const ServeConfig& config, std::string_view phase) {
  if (node.logs() == nullptr) return;
  node.logs()->put(
      telemetry::event(telemetry::EventName::deploy, std::chrono::system_clock::now(),
                       std::string(phase) + " version " + std::string(api::kVersion),
                       {{"pim.phase", std::string(phase)},
                        {"pim.version", std::string(api::kVersion)},
                        {"pim.event.schema_version", std::int64_t{kEventSchemaVersion}},
                        {"pim.region", config.region},
                        {"pim.shards", std::int64_t{config.shards}},
                        {"pim.io_threads", std::int64_t{config.io_threads}},
                        {"pim.trace_rate", std::int64_t{config.trace_rate}},
                        {"pim.trace_share", config.trace_share}}));
}

// Until no other process has the data, or the limit passes, and opening them says whose they are:
// a pod may begin before its predecessor has ended. False if told to stop meanwhile.
bool await_data(const ServeConfig& config, const StopSignals& signals) {
  constexpr std::chrono::milliseconds kPause{20};
  const auto until = steady_clock::now() + config.wait_for_data;
  bool said = false;
  while (steady_clock::now() < until && store::sqlite::DirectoryLock::is_held(config.data)) {
    if (!said) {
      telemetry::log(
          Level::info, "waiting until another process leaves the data directory",
          {{"data", config.data}, {"limit_s", std::to_string(config.wait_for_data.count())}});
      said = true;
    }
    if (signals.wait(kPause)) return false;
  }
  return true;
}

int serve(const ServeConfig& config, CommandTrace& trace) {
  const StopSignals signals;  // before any thread starts
  telemetry::set_log_output(STDOUT_FILENO);
  if (!await_data(config, signals)) return kOk;
  const auto started = steady_clock::now();
  auto node = Node::start(config);
  if (!node) return fail(kEnvironment, node.error());
  if (!write_ready_file(config, **node)) {
    return fail(kEnvironment, "cannot write " + config.ready_file + ": " + std::strerror(errno));
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started);
  telemetry::log(Level::info, "ready",
                 {{"port", std::to_string((*node)->port())},
                  {"admin_port", std::to_string((*node)->admin_port())},
                  {"start_ms", std::to_string(took.count())}});
  trace.finish(kOk);

  announce(**node, config, "started");

  while (!signals.wait(config.anchor_every)) anchor(**node);

  telemetry::log(Level::info, "draining");
  const bool whole = (*node)->drain(config.drain_limit);
  anchor(**node);
  if (!config.ready_file.empty()) ::unlink(config.ready_file.c_str());
  announce(**node, config, "stopped");
  telemetry::log(whole ? Level::info : Level::warn,
                 whole ? "stopped" : "stopped before every admitted request was answered");
  const auto code = whole ? kOk : kClaimFailed;
  (*node)->limit_end(config.telemetry_end, code);
  return code;
}

int configure_and_serve(const std::map<std::string, CLI::Option*>& options,
                        const CLI::Option* all_commands_endpoint, const std::string& file,
                        CommandTrace& trace) {
  SettingValues flags;
  if (all_commands_endpoint->count() != 0) {
    flags["otlp-endpoint"] = all_commands_endpoint->as<std::string>();
  }
  for (const auto& [name, option] : options) {
    if (option->count() != 0) flags[name] = option->as<std::string>();
  }
  std::string toml;
  if (!file.empty()) {
    auto text = read_file(file);
    if (!text) return fail(kEnvironment, "cannot read " + file);
    toml = std::move(*text);
  }
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  const auto config = resolve_serve_config(flags, environment, toml);
  return config ? serve(*config, trace) : fail(kUsage, config.error());
}

}  // namespace

void add_serve(CLI::App& app, Action& action, std::unique_ptr<CommandTrace>& trace) {
  auto* command = app.add_subcommand("serve", "Run the spine on a data directory");
  command->footer(
      "Example:\n"
      "  pim token --init --keys keys.json\n"
      "  pim serve --data ./data --keys keys.json --port 8080\n\n"
      "Every option may also come from PIM_NAME (PIM_ADMIN_PORT=9000) or from a TOML file\n"
      "(admin-port = 9000): flags win over the environment, and that over the file.\n"
      "SIGTERM drains: admitted requests are answered, for at most --drain-ms.");
  auto file = std::make_shared<std::string>();
  command->add_option("--config", *file, "TOML file")->envname("PIM_CONFIG");
  std::map<std::string, CLI::Option*> options;
  for (const auto& setting : kSettings) {
    const std::string name(setting.name);
    auto* option = command->add_option("--" + name);
    option->description(std::string(setting.meaning))->default_str(std::string(setting.standard));
    option->type_name("TEXT")->expected(1);
    options[name] = option;
  }
  const auto* endpoint = app.get_option("--otlp-endpoint");
  command->callback([&action, &trace, options, endpoint, file] {
    action = [&trace, options, endpoint, file] {
      return configure_and_serve(options, endpoint, *file, *trace);
    };
  });
}

}  // namespace pim::cli
