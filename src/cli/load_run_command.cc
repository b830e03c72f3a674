#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "chaos/fault_event.h"
#include "cli/chaos/chaos.h"
#include "cli/chaos/unit_file.h"
#include "cli/collector.h"
#include "cli/load.h"
#include "cli/load_result.h"
#include "cli/load_run.h"
#include "cli/scenario_faults.h"
#include "cli/text_file.h"
#include "cli/url.h"

namespace pim::cli {
namespace {

struct LoadRunCommand {
  std::string scenario;
  std::string target = "http://127.0.0.1:8080";
  std::string token_file;
  std::string keys;
  std::string tenant = "north-health";
  std::string out;
  double rate_scale = 1;
  std::int64_t duration_ms = 0;
  std::string unit;
  std::string state = chaos::kFootprints;
  std::string ruler;
  AdminAccess check;
  bool others_wrote = false;
  const CLI::Option* collector = nullptr;  // of all commands
  std::string metrics_listen = "127.0.0.1";
  int metrics_port = -1;
  bool without_faults = false;
  bool json = false;
};

// What the scenario breaks, and what breaks it.
struct Breaking {
  Breaking(const std::string& state, const std::string& collector)
      : footprints(state), events(event_sender(collector)) {}
  pim::chaos::Footprints footprints;
  std::unique_ptr<telemetry::LogSender> events;  // null: nobody is told
  std::unique_ptr<ScenarioFaults> faults;
};

Result<std::unique_ptr<Breaking>, std::string> break_unit(const LoadRunCommand& command,
                                                          const LoadRun& run) {
  const auto text = read_file(command.unit);
  if (!text) return Err{"cannot read the unit file " + command.unit};
  const auto unit =
      chaos::parse_unit(*text, command.unit, std::filesystem::current_path().string());
  if (!unit) return Err{unit.error()};
  if (unit->process && !unit->running_pid()) {
    return Err{command.unit + ": " + unit->name +
               " does not run, or not by that command line (docs/formats/unit-file.md)"};
  }
  auto breaking =
      std::make_unique<Breaking>(std::filesystem::absolute(command.state).string(), run.collector);
  auto faults = ScenarioFaults::make(run.scenario.faults, *unit, breaking->footprints,
                                     [to = breaking->events.get()](const auto& news) {
                                       if (to != nullptr) to->put(pim::chaos::fault_event(news));
                                     });
  if (!faults) return Err{faults.error()};
  breaking->faults = std::move(faults).value();
  return breaking;
}

// With its token: what is missing is said before the load.
Result<AdminAccess, std::string> check_of(const LoadRunCommand& command) {
  if (!parse_url(command.check.url)) return Err{std::string("--check must be http://HOST:PORT")};
  AdminAccess access = command.check;
  if (!access.token_file.empty()) {
    access.token = read_trimmed(access.token_file).value_or("");
    if (access.token.empty()) return Err{"there is no token in " + access.token_file};
  } else if (!command.keys.empty()) {
    auto token = operator_token(command.keys, command.tenant);
    if (!token) return Err{token.error()};
    access.token = std::move(token).value();
  } else {
    return Err{std::string("--check needs --operator-token-file (pim token --role operator)")};
  }
  return access;
}

// Who asks, and whom. An error: what is wrong with the command line.
Result<LoadRun, std::string> run_of(const LoadRunCommand& command, load::Scenario scenario) {
  const auto url = parse_url(command.target);
  if (!url) return Err{std::string("--target must be http://HOST:PORT")};
  LoadRun run;
  run.scenario = std::move(scenario);
  if (command.without_faults) run.scenario.faults.clear();
  scale_scenario(run.scenario, command.rate_scale, std::chrono::milliseconds(command.duration_ms));
  constexpr std::uint32_t kUsers = 8;
  auto users = command.keys.empty() ? user_of_token(command.token_file)
                                    : users_of_keys(command.keys, command.tenant, kUsers);
  if (!users) return Err{users.error()};
  run.users = std::move(users).value();
  if (!command.check.url.empty()) {
    auto check = check_of(command);
    if (!check) return Err{check.error()};
    run.check = std::move(check).value();
  }
  run.sole_writer = !command.others_wrote;
  run.collector = collector_url(*command.collector);
  run.host = url->host;
  run.port = url->port;
  run.out = command.out;
  run.rate_scale = command.rate_scale;
  run.metrics_listen = command.metrics_listen;
  if (command.metrics_port >= 0) {
    run.metrics_port = static_cast<std::uint16_t>(command.metrics_port);
  }
  return run;
}

int run_load_command(const LoadRunCommand& command) {
  auto scenario = read_scenario(command.scenario);
  if (!scenario) return scenario.error();
  auto made = run_of(command, std::move(scenario).value());
  if (!made) return fail(kUsage, made.error());
  LoadRun& run = *made;
  std::unique_ptr<Breaking> breaking;
  if (!run.scenario.faults.empty()) {
    if (command.unit.empty()) {
      return fail(kUsage, command.scenario +
                              " breaks its server: --unit says how, as for `pim chaos run`; "
                              "--without-faults runs the load alone");
    }
    auto broken = break_unit(command, run);
    if (!broken) return fail(kUsage, broken.error());
    breaking = std::move(broken).value();
    run.faults = breaking->faults.get();
  }
  std::optional<AlertWatch> alerts;
  if (!command.ruler.empty()) {
    const auto ruler = parse_url("http://" + command.ruler);
    if (!ruler) return fail(kUsage, "--ruler must be HOST:PORT");
    auto watch = AlertWatch::begin(*ruler, run.scenario.faults);
    if (!watch) return fail(kEnvironment, watch.error());
    alerts.emplace(std::move(watch).value());
    run.alerts = &*alerts;
  }
  const auto report = run_scenario(run);
  if (report) {
    const auto text = command.json ? load::report::to_json(*report) : load_result_text(*report);
    std::fputs(text.c_str(), stdout);
  }
  if (breaking) {
    // What could not be broken or mended was not shown; but nothing excuses an untrue history.
    const bool untrue = report && report->history && !report->history->violations.empty();
    const auto errors = breaking->faults->errors();
    for (const auto& error : errors) fail(chaos::exit_code(error.trouble), error.message);
    if (!errors.empty() && !untrue) return chaos::exit_code(errors[0].trouble);
  }
  return report ? exit_code_of(overall(*report)) : report.error();
}

}  // namespace

void add_load_run(CLI::App& load, Action& action, const CLI::Option& collector) {
  auto* command = load.add_subcommand("run", "Run a scenario against a server, and judge it");
  command->footer(
      "Example:\n"
      "  pim load run seed/scenarios/steady.toml --target http://127.0.0.1:8080 \\\n"
      "      --keys .lab/keys.json --out out/steady --check http://127.0.0.1:8081\n"
      "  pim load run seed/scenarios/retry-storm.toml --keys .lab/keys.json --out out/storm \\\n"
      "      --unit .lab/unit.toml --metrics-port 8082 --ruler 127.0.0.1:9009\n"
      "Exit codes: 0 all held, 1 a threshold, the history or an alert did not, 2 usage,\n"
      "3 environment, 4 inconclusive");
  auto options = std::make_shared<LoadRunCommand>();
  command->add_option("SCENARIO", options->scenario, "A file")->required();
  command->add_option("--target", options->target, "The server: http://HOST:PORT")
      ->capture_default_str();
  auto* token = command->add_option("--token-file", options->token_file,
                                    "A file with a token of role loadgen");
  auto* keys = command->add_option("--keys", options->keys,
                                   "The server's keys file: eight users' tokens are made with it");
  keys->excludes(token);
  command->add_option("--tenant", options->tenant, "The users' health system (with --keys)")
      ->capture_default_str();
  command->add_option("--out", options->out, "A directory for the history and the result")
      ->required();
  command->add_option("--rate-scale", options->rate_scale, "Multiplies every rate")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  const std::map<std::string, std::int64_t> units = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  command
      ->add_option("--duration", options->duration_ms,
                   "Stretches or shortens all stages to this, such as 90s")
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED))
      ->check(CLI::PositiveNumber)
      ->default_str("");
  auto* metrics =
      command
          ->add_option("--metrics-port", options->metrics_port, "Serves /metrics; 0: a free port")
          ->check(CLI::Range(0, 65535))
          ->default_str("");
  command
      ->add_option("--metrics-listen", options->metrics_listen,
                   "Address of the metrics port; in a pod, 0.0.0.0")
      ->needs(metrics)
      ->capture_default_str();
  auto* unit = command->add_option("--unit", options->unit,
                                   "TOML file of the server, where the scenario breaks it");
  command->add_option("--state", options->state, "Directory for what `pim chaos undo` needs")
      ->capture_default_str();
  command->add_flag("--without-faults", options->without_faults, "Run the load alone")
      ->excludes(unit);
  auto* check = command->add_option("--check", options->check.url,
                                    "The server's admin port, http://HOST:PORT: holds the history "
                                    "against its store afterwards");
  command
      ->add_option("--operator-token-file", options->check.token_file,
                   "A file with an operator's token, for --check (with --keys: made)")
      ->needs(check);
  command
      ->add_flag("--others-wrote", options->others_wrote,
                 "Others wrote to that store, too, such as an earlier run")
      ->needs(check);
  command->add_option("--ruler", options->ruler,
                      "Mimir, HOST:PORT: which alerts did the faults make fire?");
  options->collector = &collector;
  command->add_flag("--json", options->json, "The result as JSON on stdout");
  command->callback([&action, options] {
    if (options->keys.empty() && options->token_file.empty()) {
      throw CLI::RequiredError("--token-file or --keys");
    }
    action = [options] { return run_load_command(*options); };
  });
}

}  // namespace pim::cli
