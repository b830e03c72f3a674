#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chaos/fault_event.h"
#include "chaos/kind.h"
#include "chaos/timeline.h"
#include "cli/chaos/chaos.h"
#include "cli/chaos/unit_file.h"
#include "cli/collector.h"
#include "cli/json_object.h"
#include "cli/stop_signals.h"
#include "cli/text_file.h"

namespace pim::cli::chaos {
namespace {

using namespace std::chrono_literals;
using pim::chaos::FaultNews;
using pim::chaos::GroundTruth;
using pim::chaos::ParameterTexts;
using pim::chaos::Phase;
using pim::chaos::Target;

struct RunOptions {
  std::string kind;
  std::string unit;
  std::optional<pid_t> pid;
  Target target;  // what flags say
  std::vector<std::string> settings;
  std::string length;
  std::string state = kFootprints;
  std::string endpoint;
  bool json = false;
};

Result<Target, std::string> read_target(const RunOptions& options) {
  Target target;
  target.name = options.pid ? "pid " + std::to_string(*options.pid) : "target";
  if (!options.unit.empty()) {
    const auto text = read_file(options.unit);
    if (!text) return Err{"cannot read the unit file " + options.unit};
    auto unit = parse_unit(*text, options.unit, std::filesystem::current_path().string());
    if (!unit) return unit;
    target = std::move(*unit);
  }
  // what a flag says goes before the file
  for (auto part : {&Target::disk, &Target::proxy, &Target::address, &Target::clock}) {
    if (!(options.target.*part).empty()) target.*part = options.target.*part;
  }
  if (options.pid) {
    if (*options.pid <= 1 || *options.pid == ::getpid() || *options.pid == ::getppid()) {
      return Err{"pid " + std::to_string(*options.pid) + " is init, or ours"};
    }
    target.pid = options.pid;
  }
  return target;
}

Result<ParameterTexts, std::string> read_settings(const std::vector<std::string>& settings) {
  ParameterTexts texts;
  for (const auto& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == setting.npos || equals == 0) {
      return Err{"--set must be name=value, such as delay=50ms"};
    }
    texts[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return texts;
}

std::string json_of(const GroundTruth& truth) {
  JsonObject parameters;
  for (const auto& [name, text] : truth.parameters) parameters.add(name, text);
  JsonObject object;
  object.add("kind", truth.kind).add("target", truth.target).raw("parameters", parameters.str());
  if (truth.from) object.add("from", to_rfc3339(*truth.from));
  if (truth.from && truth.to) {
    object.add("to", to_rfc3339(*truth.to));
    object.add("seconds",
               std::chrono::duration<double>(truth.to->steady - truth.from->steady).count());
  }
  if (truth.hits) object.add("hits", *truth.hits);
  return object.str();
}

void print_news(const FaultNews& news) {
  const auto& truth = news.truth;
  if (news.phase == Phase::failed) return;  // the command's end says it
  const auto& moment = news.phase == Phase::began ? *truth.from : *truth.to;
  std::string line = to_rfc3339(moment) + " " + truth.kind + " " +
                     std::string(to_string(news.phase)) + " on " + truth.target;
  if (news.phase == Phase::began && !truth.parameters.empty()) {
    line += ": " + pim::chaos::to_text(truth.parameters);
  }
  if (truth.hits) line += ", hits " + std::to_string(*truth.hits);
  std::puts(line.c_str());
  std::fflush(stdout);
}

int run_fault(const RunOptions& options) {
  const StopSignals signals;  // before any thread starts
  const auto length = pim::chaos::parse_seconds(options.length);
  if (!length || *length < 0 || *length > 24 * 3600) {
    return fail(kUsage, "--for is '" + options.length + "' and must be as 10s, at most 24h");
  }
  auto target = read_target(options);
  if (!target) return fail(kUsage, target.error());
  auto settings = read_settings(options.settings);
  if (!settings) return fail(kUsage, settings.error());
  pim::chaos::Footprints footprints(std::filesystem::absolute(options.state).string());
  auto fault = make_fault(options.kind, *target, *settings, &footprints);
  if (!fault) return fail(exit_code(fault.error().trouble), fault.error().message);

  const auto sender = event_sender(options.endpoint);
  std::vector<pim::chaos::PlannedFault> plan;
  plan.push_back(
      {0ns, std::chrono::nanoseconds(static_cast<std::int64_t>(*length * 1e9)), std::move(*fault)});
  pim::chaos::Timeline timeline(std::move(plan), [&](const FaultNews& news) {
    if (!options.json) print_news(news);
    if (sender) sender->put(fault_event(news));
  });
  timeline.start(std::chrono::steady_clock::now());
  while (!timeline.wait_until(std::chrono::steady_clock::now())) {
    if (signals.wait(50ms)) timeline.stop();
  }
  timeline.stop();
  if (options.json) {
    for (const auto& truth : timeline.truths()) std::puts(json_of(truth).c_str());
  }
  const auto errors = timeline.errors();
  if (errors.empty()) return kOk;
  return fail(exit_code(errors.back().trouble), errors.back().message);
}

}  // namespace

void add_run(CLI::App& app, CLI::App& chaos, Action& action) {
  auto* command = chaos.add_subcommand("run", "One fault: begun, held, undone (also by Ctrl-C)");
  command->footer(
      "Example:\n"
      "  pim chaos run sigstop --unit .lab/unit.toml --for 10s\n"
      "  pim chaos run cpu-pressure --pid 4711 --set share=10 --for 30s --json\n"
      "  pim chaos run disk-slow --disk .lab/disk.sock --set delay=50ms --set files='*-wal' "
      "--for 1m\n\n"
      "With --otlp-endpoint, beginning and end are sent as pim.fault events. If this command is\n"
      "killed, `pim chaos undo` restores.");
  auto options = std::make_shared<RunOptions>();
  command->add_option("KIND", options->kind, "Of `pim chaos list`")->required();
  command->add_option("--unit", options->unit, "TOML file of the process under test");
  command->add_option("--pid", options->pid, "A process, where there is no unit file");
  command->add_option("--disk", options->target.disk, "Control socket of its fault disk");
  command->add_option("--proxy", options->target.proxy, "Control socket of its fault proxy");
  command->add_option("--address", options->target.address, "Its port on loopback: HOST:PORT");
  command->add_option("--clock", options->target.clock, "The file that PIM_PLANTED_CLOCK names");
  command->add_option("--set", options->settings, "name=value; may be repeated");
  command->add_option("--for", options->length, "How long: 10s")->required();
  command->add_option("--state", options->state, "Directory for what undo needs")
      ->capture_default_str();
  command->add_flag("--json", options->json, "The ground truth as JSON, at the end");
  const auto* endpoint = app.get_option("--otlp-endpoint");
  command->callback([&action, options, endpoint] {
    options->endpoint = collector_url(*endpoint);
    action = [options] { return run_fault(*options); };
  });
}

}  // namespace pim::cli::chaos
