#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "chaos/kind.h"
#include "cli/load.h"
#include "cli/text_file.h"
#include "load/run/operation.h"
#include "load/scenario/scenario_file.h"
#include "load/scenario/units.h"

namespace pim::cli {
namespace {

using load::Scenario;
using load::show_duration;
using load::show_number;
using Json = nlohmann::ordered_json;

struct ScenarioCommand {
  std::string file;
  bool json = false;
};

std::string percent(double share) { return show_number(std::round(share * 1000) / 10) + " %"; }

// The injector's word on a fault of a scenario.
std::optional<load::FaultProblem> problem_of_fault(
    std::string_view kind, const std::map<std::string, std::string, std::less<>>& parameters) {
  const auto checked = pim::chaos::check_fault(kind, parameters);
  if (checked) return std::nullopt;
  return load::FaultProblem{checked.error().parameter, checked.error().message};
}

double weights_of(const Scenario& scenario) {
  double sum = 0;
  for (const auto& entry : scenario.mix) sum += entry.weight;
  return sum;
}

// "p99 of commands <= 30 ms"
std::string to_text(const load::Threshold& threshold) {
  using load::Measure;
  const std::string limit = show_number(threshold.limit);
  const std::string what = std::string(to_string(threshold.measure)) + " of " + threshold.of;
  if (threshold.measure < Measure::goodput) return what + " >= " + limit + " %";
  if (threshold.measure == Measure::goodput) return what + " >= " + limit + "/s";
  return what + " <= " + limit + " ms";
}

std::string load_text(const Scenario& scenario) {
  if (scenario.closed) {
    return "closed: " + std::to_string(scenario.closed->clients) + " clients, " +
           show_duration(scenario.closed->think) + " of thought\n";
  }
  const bool poisson = scenario.process == load::Process::poisson;
  std::string out = std::string("open, ") + (poisson ? "Poisson arrivals" : "evenly spaced") + "\n";
  std::chrono::nanoseconds from{0};
  for (const auto& stage : scenario.stages) {
    out += "           from " + show_duration(from) + " for " + show_duration(stage.duration) +
           ": " + show_number(stage.from);
    if (stage.to != stage.from) out += " to " + show_number(stage.to);
    out += "/s" + (stage.name.empty() ? "" : " (" + stage.name + ")") + "\n";
    from += stage.duration;
  }
  return out + "           " + show_number(std::round(scenario.requests())) +
         " requests, at most " + show_number(scenario.peak_rate()) + "/s\n";
}

std::string data_text(const load::ScenarioData& data) {
  std::string out = std::to_string(data.patients) + " patients, " + std::to_string(data.providers) +
                    " providers, " + std::to_string(data.facilities) + " facilities";
  if (data.zipf > 0) out += ", Zipf " + show_number(data.zipf);
  if (data.hot.count > 0) {
    out += "; " + std::to_string(data.hot.count) + " hot patients get " + percent(data.hot.share);
  }
  return out + "\n";
}

std::string client_text(const load::ScenarioClient& client) {
  return std::to_string(client.connections) + " connections, " + show_duration(client.timeout) +
         " an attempt, " + show_duration(client.deadline) + " a request\n  retries  " +
         std::to_string(client.retry.attempts) + " attempts, retries up to " +
         show_number(client.retry.budget_percent) + " % of first attempts, back-off " +
         show_duration(client.retry.backoff) + " to " + show_duration(client.retry.max_backoff) +
         "\n";
}

std::string to_text(const Scenario& scenario) {
  std::string out = scenario.name;
  if (!scenario.description.empty()) out += ": " + scenario.description;
  out += "\n  lasts    " + show_duration(scenario.duration()) + ", the first " +
         show_duration(scenario.warm_up) + " not measured\n  load     " + load_text(scenario);
  const double weights = weights_of(scenario);
  for (const auto& entry : scenario.mix) {
    out += &entry == scenario.mix.data() ? "  mix      " : ", ";
    out += std::string(load::kOperations[entry.operation].name) + " " +
           percent(entry.weight / weights);
  }
  out += "\n  data     " + data_text(scenario.data) + "  client   " + client_text(scenario.client);
  for (const auto& threshold : scenario.thresholds)
    out += "  holds    " + to_text(threshold) + "\n";
  for (const auto& fault : scenario.faults) {
    out += "  fault    at " + show_duration(fault.at) + " for " + show_duration(fault.length) +
           ": " + fault.kind + (fault.target.empty() ? "" : " of " + fault.target);
    for (const auto& [name, value] : fault.parameters) {
      out += " ";
      out += name;
      out += "=";
      out += value;
    }
    if (!fault.alert.empty()) out += ", alert " + fault.alert;
    out += "\n";
  }
  return out;
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

Json load_json(const Scenario& scenario) {
  if (scenario.closed) {
    return {{"model", "closed"},
            {"clients", scenario.closed->clients},
            {"think_seconds", seconds(scenario.closed->think)}};
  }
  Json stages = Json::array();
  for (const auto& stage : scenario.stages) {
    stages.push_back({{"name", stage.name},
                      {"from", stage.from},
                      {"to", stage.to},
                      {"seconds", seconds(stage.duration)}});
  }
  const bool poisson = scenario.process == load::Process::poisson;
  return {{"model", "open"},
          {"process", poisson ? "poisson" : "constant"},
          {"requests", std::round(scenario.requests())},
          {"peak_rate", scenario.peak_rate()},
          {"stages", std::move(stages)}};
}

Json to_json(const Scenario& scenario) {
  Json mix = Json::object();
  for (const auto& entry : scenario.mix) {
    mix[std::string(load::kOperations[entry.operation].name)] = entry.weight / weights_of(scenario);
  }
  Json thresholds = Json::array();
  for (const auto& each : scenario.thresholds) {
    thresholds.push_back(
        {{"of", each.of}, {"measure", to_string(each.measure)}, {"limit", each.limit}});
  }
  Json faults = Json::array();
  for (const auto& each : scenario.faults) {
    faults.push_back({{"at_seconds", seconds(each.at)},
                      {"for_seconds", seconds(each.length)},
                      {"kind", each.kind},
                      {"target", each.target},
                      {"parameters", each.parameters},
                      {"alert", each.alert}});
  }
  return {{"name", scenario.name},
          {"description", scenario.description},
          {"seed", scenario.seed},
          {"seconds", seconds(scenario.duration())},
          {"warm_up_seconds", seconds(scenario.warm_up)},
          {"load", load_json(scenario)},
          {"mix", std::move(mix)},
          {"thresholds", std::move(thresholds)},
          {"faults", std::move(faults)}};
}

int show_scenario(const ScenarioCommand& command) {
  const auto scenario = read_scenario(command.file);
  if (!scenario) return scenario.error();
  const auto text = command.json ? to_json(*scenario).dump() + "\n" : to_text(*scenario);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

}  // namespace

Result<load::Scenario, ExitCode> read_scenario(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    fail(kEnvironment, "cannot read " + path);
    return Err{kEnvironment};
  }
  auto scenario = load::parse_scenario(*text, path, problem_of_fault);
  if (scenario) return std::move(*scenario);
  for (const auto& message : scenario.error().messages) fail(kUsage, message);
  return Err{kUsage};
}

void add_load_scenario(CLI::App& load, Action& action) {
  auto* command = load.add_subcommand("scenario", "Check a scenario and say what it will do");
  command->footer(
      "Example:\n"
      "  pim load scenario seed/scenarios/clinic-morning.toml\n"
      "Exit code 2: it cannot be run; everything that is wrong with it is said, by line.");
  auto options = std::make_shared<ScenarioCommand>();
  command->add_option("FILE", options->file, "A scenario; docs/load.md says what it may hold")
      ->required();
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return show_scenario(*options); }; });
}

}  // namespace pim::cli
