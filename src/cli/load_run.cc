#include "cli/load_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/load.h"
#include "cli/load_display.h"
#include "cli/load_truth.h"
#include "cli/metrics_port.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "load/report/report.h"
#include "load/run/runner.h"
#include "load/run/scenario_source.h"
#include "load/run/setup.h"
#include "load/run/verdict.h"
#include "load/scenario/arrivals.h"

namespace pim::cli {
namespace {

using std::chrono::nanoseconds;

std::atomic<bool> stop_asked{false};

extern "C" void ask_to_stop(int) { stop_asked.store(true); }

// While it lives, the first SIGINT or SIGTERM only asks; the second one ends the process.
class StopOnSignals {
 public:
  StopOnSignals() {
    stop_asked = false;
    struct sigaction action{};
    action.sa_handler = ask_to_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
  }
  ~StopOnSignals() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
  }
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;

 private:
  struct sigaction interrupt_{};
  struct sigaction terminate_{};
};

class ScenarioArrivals final : public load::Arrivals {
 public:
  explicit ScenarioArrivals(const load::Scenario& scenario)
      : arrivals_(scenario.stages, scenario.process, scenario.seed) {}
  std::optional<nanoseconds> next() override { return arrivals_.next(); }

 private:
  load::StageArrivals arrivals_;
};

load::RunOptions options_of(const LoadRun& run) {
  const load::ScenarioClient& client = run.scenario.client;
  load::RunOptions options;
  options.host = run.host;
  options.port = run.port;
  options.users = run.users;
  options.connections = client.connections;
  options.seed = run.scenario.seed;
  options.warm_up = run.scenario.warm_up;
  options.duration = run.scenario.duration() - run.scenario.warm_up;
  if (run.scenario.closed) {
    options.closed = load::ClosedModel{run.scenario.closed->clients, run.scenario.closed->think};
  }
  options.timeout = client.timeout;
  options.deadline = client.deadline;
  options.retry = {client.retry.attempts, client.retry.budget_percent, client.retry.backoff,
                   client.retry.max_backoff};
  options.sampled = client.sampled;
  options.read_own_writes = client.read_your_writes;
  return options;
}

UtcMillis wall_clock_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

Result<load::HistoryWriter, std::string> begin_history(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Err{"cannot make " + directory + ": " + error.message()};
  return load::HistoryWriter::create(directory + "/history", {.started_at = wall_clock_now()});
}

// What the store and the ruler say of the run that is over. An error: one of them could not be
// asked.
Result<void, std::string> look_afterwards(const LoadRun& run, load::report::LoadReport& report) {
  if (!run.check.url.empty()) {
    const auto checked = check_truth(run.out + "/history", {.admin = run.check}, run.out,
                                     {.sole_writer = run.sole_writer});
    if (!checked) return Err{"the history could not be checked: " + checked.error()};
    tell_truth(run.collector, *checked);
    report.history = truth_of(*checked);
  }
  if (run.alerts == nullptr || report.run.interrupted) return {};
  auto alerts = run.alerts->wait(report.run, stop_asked);
  if (!alerts) return Err{alerts.error()};
  report.alerts = std::move(*alerts);
  return {};
}

}  // namespace

ExitCode exit_code_of(load::Verdict verdict) {
  switch (verdict) {
    case load::Verdict::met:
      return kOk;
    case load::Verdict::violated:
      return kClaimFailed;
    case load::Verdict::inconclusive:
      break;
  }
  return kInconclusive;
}

void scale_scenario(load::Scenario& scenario, double rate, nanoseconds duration) {
  const double time = duration.count() == 0 ? 1
                                            : static_cast<double>(duration.count()) /
                                                  static_cast<double>(scenario.duration().count());
  const auto scaled = [time](nanoseconds old) {
    return nanoseconds(std::llround(static_cast<double>(old.count()) * time));
  };
  for (load::Stage& stage : scenario.stages) {
    stage.from *= rate;
    stage.to *= rate;
    stage.duration = scaled(stage.duration);
  }
  if (auto& closed = scenario.closed) {
    const auto clients = std::max(1LL, std::llround(closed->clients * rate));
    closed->clients = static_cast<std::uint32_t>(clients);
    closed->duration = scaled(closed->duration);
  }
  scenario.warm_up = scaled(scenario.warm_up);
  for (auto& fault : scenario.faults) {
    fault.at = scaled(fault.at);
    fault.length = scaled(fault.length);
  }
}

Result<void, std::string> write_report(const std::string& out,
                                       const load::report::LoadReport& report) {
  for (const auto& [name, text] : {std::pair("/result.json", load::report::to_json(report)),
                                   std::pair("/report.html", load::report::to_html(report))}) {
    if (!write_file_atomically(out + name, text)) return Err{"cannot write " + out + name};
  }
  return {};
}

Result<load::report::LoadReport, ExitCode> run_scenario(const LoadRun& run) {
  const auto stopped = [](ExitCode code, const std::string& message) {
    fail(code, message);
    return Err{code};
  };
  auto history = begin_history(run.out);
  if (!history) return stopped(kEnvironment, history.error());
  const load::RunOptions options = options_of(run);
  const StopOnSignals signals;

  load::Population population(run.scenario, wall_clock_now());
  {
    Progress progress("setting up");
    const auto set_up = load::set_up(
        options, population, *history, &stop_asked,
        [&progress](std::size_t done, std::size_t all) { progress.update(done, all); });
    if (!set_up) {
      const auto code = set_up.error().interrupted ? kInconclusive : kEnvironment;
      return stopped(code, "setup on " + run.host + ":" + std::to_string(run.port) + ": " +
                               set_up.error().message);
    }
  }

  telemetry::Registry registry;
  load::LiveBoard board;
  load::RunMetrics metrics(registry, board, run.faults);
  std::unique_ptr<MetricsPort> port;
  if (run.metrics_port) {
    auto opened = MetricsPort::open(registry, run.metrics_listen, *run.metrics_port);
    if (!opened) return stopped(kEnvironment, opened.error());
    port = std::move(opened).value();
    std::fprintf(stderr, "metrics on http://%s:%u/metrics\n", run.metrics_listen.c_str(),
                 port->port());
  }

  load::ScenarioSource source(run.scenario, population,
                              static_cast<std::uint32_t>(run.users.size()));
  ScenarioArrivals arrivals(run.scenario);
  const load::report::NoiseWatch noise;
  std::optional<LoadDisplay> display;
  if (run.show) display.emplace(board, run.faults);
  auto result = load::run_load(
      options, {source, *history, metrics, board, &arrivals, run.faults, &stop_asked});
  display.reset();
  if (!result) return stopped(kEnvironment, result.error());
  if (const auto sealed = history->seal(); !sealed) {
    return stopped(kEnvironment,
                   sealed.error() + ": a run without its whole history shows nothing");
  }

  result->scenario = run.scenario.name;
  result->description = run.scenario.description;
  result->rate_scale = run.rate_scale;
  result->target = "http://" + run.host + ":" + std::to_string(run.port);
  load::judge(run.scenario.thresholds, *result);
  load::report::LoadReport report;
  report.run = std::move(result).value();
  report.machine = load::report::describe_machine();
  report.noise = noise.since();
  const auto complete = look_afterwards(run, report);
  if (const auto written = write_report(run.out, report); !written) {
    return stopped(kEnvironment, written.error());
  }
  if (!complete) return stopped(stop_asked ? kInconclusive : kEnvironment, complete.error());
  return report;
}

}  // namespace pim::cli
