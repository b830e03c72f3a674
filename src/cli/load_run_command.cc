#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "cli/load.h"
#include "cli/load_result.h"
#include "cli/load_run.h"
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
  int metrics_port = -1;
  bool without_faults = false;
  bool json = false;
};

int run_load_command(const LoadRunCommand& command) {
  auto scenario = read_scenario(command.scenario);
  if (!scenario) return scenario.error();
  const auto url = parse_url(command.target);
  if (!url) return fail(kUsage, "--target must be http://HOST:PORT");
  if (!scenario->faults.empty() && !command.without_faults) {
    return fail(kUsage, command.scenario +
                            " breaks its server, and this command knows only its address; "
                            "--without-faults runs the load alone");
  }
  LoadRun run;
  run.scenario = std::move(scenario).value();
  run.scenario.faults.clear();
  scale_scenario(run.scenario, command.rate_scale, std::chrono::milliseconds(command.duration_ms));
  constexpr std::uint32_t kUsers = 8;
  auto users = command.keys.empty() ? user_of_token(command.token_file)
                                    : users_of_keys(command.keys, command.tenant, kUsers);
  if (!users) return fail(kUsage, users.error());
  run.users = std::move(users).value();
  run.host = url->host;
  run.port = url->port;
  run.out = command.out;
  run.rate_scale = command.rate_scale;
  if (command.metrics_port >= 0) {
    run.metrics_port = static_cast<std::uint16_t>(command.metrics_port);
  }
  const auto result = run_scenario(run);
  if (!result) return result.error();
  const auto json = read_file(command.out + "/result.json");
  std::fputs(command.json && json ? json->c_str() : load_result_text(*result).c_str(), stdout);
  return exit_code_of(result->verdict);
}

}  // namespace

void add_load_run(CLI::App& load, Action& action) {
  auto* command = load.add_subcommand("run", "Run a scenario against a server, and judge it");
  command->footer(
      "Example:\n"
      "  pim load run seed/scenarios/steady.toml --target http://127.0.0.1:8080 \\\n"
      "      --keys .lab/keys.json --out out/steady\n"
      "Exit codes: 0 thresholds met, 1 violated, 2 usage, 3 environment, 4 inconclusive");
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
  command
      ->add_option("--metrics-port", options->metrics_port,
                   "Serves /metrics on 127.0.0.1; 0: a free port")
      ->check(CLI::Range(0, 65535))
      ->default_str("");
  command->add_flag("--without-faults", options->without_faults, "Run the load alone");
  command->add_flag("--json", options->json, "The result as JSON on stdout");
  command->callback([&action, options] {
    if (options->keys.empty() && options->token_file.empty()) {
      throw CLI::RequiredError("--token-file or --keys");
    }
    action = [options] { return run_load_command(*options); };
  });
}

}  // namespace pim::cli
