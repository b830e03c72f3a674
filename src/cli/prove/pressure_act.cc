#include "cli/prove/pressure_act.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "chaos/process/server_unit.h"
#include "cli/load.h"
#include "cli/load_run.h"
#include "cli/load_truth.h"
#include "cli/prove/lab_server.h"
#include "cli/prove/pressure_evidence.h"
#include "cli/scenario_faults.h"

namespace pim::cli::prove {
namespace {

constexpr std::uint32_t kPressureUsers = 8;

// A directory that goes with its owner.
class RunDirectory {
 public:
  explicit RunDirectory(std::string path) : path_(std::move(path)) { remove(); }
  ~RunDirectory() { remove(); }
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  bool make() const {
    std::error_code problem;
    std::filesystem::create_directories(path_, problem);
    return !problem;
  }
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path_;
};

std::string fault_line(const pim::chaos::FaultNews& news) {
  switch (news.phase) {
    case pim::chaos::Phase::began:
      return news.truth.kind + " is in force";
    case pim::chaos::Phase::ended:
      return news.truth.kind + " is over";
    case pim::chaos::Phase::failed:
      break;
  }
  return news.truth.kind + ": " + news.problem;
}

}  // namespace

Result<load::RunResult, Stop> run_pressure(const PressureOptions& options, Narrator& narrator,
                                           std::vector<Claim>& claims) {
  auto scenario = read_scenario(options.scenario);
  if (!scenario) return Err{Stop{scenario.error(), {}}};
  scale_scenario(*scenario, 1, options.duration);

  const RunDirectory directory(std::filesystem::absolute(options.out).string() + "/run");
  if (!directory.make()) return stop("cannot create " + directory.path());
  std::error_code none;
  std::filesystem::remove(options.out + "/history", none);  // an earlier run's
  auto tested = program_with(options.bug);
  if (!tested) return stop(tested.error());
  const auto config = lab_server_config(std::move(*tested), directory.path());
  if (auto made = make_server_keys(config); !made) return stop(made.error());
  auto users = users_of_keys(config.keys_file, kTenant, kPressureUsers);
  if (!users) return stop(users.error());

  auto unit = std::make_shared<pim::chaos::ServerUnit>(config);
  if (auto started = unit->start(); !started) return stop(started.error());
  pim::chaos::Target target;
  target.name = "server";
  target.process = unit;
  target.address = "127.0.0.1:" + std::to_string(unit->port());
  pim::chaos::Footprints footprints(directory.path() + "/footprints");
  auto faults = ScenarioFaults::make(
      scenario->faults, target, footprints,
      [&narrator](const pim::chaos::FaultNews& news) { narrator.say(fault_line(news)); });
  if (!faults) return stop(options.scenario + ": " + faults.error());

  LoadRun run;
  run.scenario = *scenario;
  run.port = unit->port();
  run.users = std::move(*users);
  run.out = options.out;
  run.faults = faults->get();
  narrator.say("failure pressure: " + scenario->description);
  auto report = run_scenario(run);
  if (!report) return Err{Stop{report.error(), {}}};
  if (report->run.interrupted) return interrupt_stop();
  if (const auto errors = (*faults)->errors(); !errors.empty()) return stop(errors[0].message);

  narrator.say("the last SIGKILL, and the history of calls against the store's");
  faults->reset();
  target.process.reset();
  unit.reset();
  const auto calls =
      check_truth(options.out + "/history", {.data = config.data_directory}, options.out, {});
  if (!calls) return stop(calls.error());
  report->history = truth_of(*calls);
  if (auto written = write_report(options.out, *report); !written) return stop(written.error());
  judge_pressure(report->run, *calls, scenario->faults.size(), claim_of(claims, 6));
  return std::move(report->run);
}

}  // namespace pim::cli::prove
