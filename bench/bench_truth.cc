// Whether a load generator tells the truth: the latency distribution that ours, hey, wrk and k6
// report of a server whose pauses are known, against the true one, which is calculated from what
// the server recorded of itself in the same run.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>

#include "lab_server.h"
#include "load_tools.h"
#include "measure.h"
#include "ours.h"
#include "paused_server.h"
#include "report.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

using Figures = std::array<double, kPercents.size()>;  // ms at kPercents
constexpr std::array<const char*, kPercents.size()> kNames{"p50", "p90", "p99", "p999", "max"};
constexpr std::array<const char*, kPercents.size()> kTitles{"p50", "p90", "p99", "p99.9", "max"};
constexpr std::size_t kJudged = 4;  // all but the maximum
constexpr double kGoalPercent = 2;

// Far above what a loopback and two hand-overs between processes add.
constexpr ServiceTimes kServices{20ms, 60ms};
// What people give a generator that they expect to be enough.
constexpr std::size_t kFewConnections = 50;

double millis(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

Figures figures_of(const load::Histogram& histogram) {
  Figures figures{};
  for (std::size_t i = 0; i < figures.size(); ++i) {
    figures[i] = static_cast<double>(histogram.percentile(kPercents[i])) / 1000;
  }
  return figures;
}

// Of a run of 40 s: SIGSTOP for 10 s, and stalls of 1 s, 0.5 s and 0.2 s; of others, in proportion.
PausePlan plan_for(std::chrono::seconds duration) {
  const milliseconds unit = milliseconds(duration) / 40;
  return {.stops = {{unit * 8, unit * 10}},
          .stalls = {{unit * 24, unit}, {unit * 29, unit / 2}, {unit * 33, unit / 5}}};
}

// What one run of one generator said: a row of the table, or two.
struct Answer {
  std::map<std::string, Figures> figures;  // by row
  std::uint64_t dropped = 0;
};

// A row over all rounds. In the order of the table.
struct Row {
  std::string key;
  std::string title;
  std::string missing;  // not empty: the program is not installed, and what installs it
  std::vector<Figures> values;
  std::vector<Figures> errors;  // % of the truth of the same run
  std::vector<double> sent;     // % of the intended requests that arrived at the server
  std::uint64_t dropped = 0;
};

struct Arm {
  std::vector<std::string> rows;  // keys of those that it fills
  std::function<Result<Answer, std::string>(std::uint16_t port)> run;
};

class TruthBench {
 public:
  explicit TruthBench(const Options& options)
      : options_(options),
        scratch_(options.directory),
        rate_(static_cast<double>(options.numbers.at("rate"))),
        duration_(static_cast<std::int64_t>(options.numbers.at("duration"))),
        enough_(static_cast<std::size_t>(
            rate_ * (std::chrono::duration<double>(duration_).count() / 4 + 1))) {}
  Result<void, std::string> run(Report& report);

 private:
  void add_ours();
  void add_others();
  Row& row(const std::string& key);
  Result<Answer, std::string> drive(std::uint16_t port, std::size_t connections, bool few) const;
  Result<void, std::string> measure(const Arm& arm);
  std::string table() const;
  void fill(Report& report);

  const Options& options_;
  Scratch scratch_;
  NoiseMeter noise_;
  double rate_;
  std::chrono::seconds duration_;
  std::size_t enough_;  // connections for all requests that the longest pause holds up
  std::vector<Arm> arms_;
  std::vector<Row> rows_;
  std::vector<Figures> truths_;
};

Row& TruthBench::row(const std::string& key) {
  return *std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.key == key; });
}

Result<Answer, std::string> TruthBench::drive(std::uint16_t port, std::size_t connections,
                                              bool few) const {
  const auto figures = run_ours({.port = port,
                                 .rate = rate_,
                                 .duration = duration_,
                                 .connections = connections,
                                 .directory = scratch_.path()});
  if (!figures) return Err{figures.error()};
  Answer answer;
  answer.figures[few ? "ours_few" : "ours"] = figures_of(figures->latency);
  if (few) answer.figures["ours_from_send"] = figures_of(figures->from_send);
  return answer;
}

void TruthBench::add_ours() {
  const auto few = std::to_string(kFewConnections) + " connections";
  rows_.push_back({"ours", "ours, " + std::to_string(enough_) + " connections", "", {}, {}, {}, 0});
  rows_.push_back({"ours_few", "ours, " + few, "", {}, {}, {}, 0});
  rows_.push_back(
      {"ours_from_send", "ours, " + few + ", measured from the send", "", {}, {}, {}, 0});
  arms_.push_back({{"ours"}, [this](std::uint16_t port) { return drive(port, enough_, false); }});
  arms_.push_back({{"ours_few", "ours_from_send"},
                   [this](std::uint16_t port) { return drive(port, kFewConnections, true); }});
}

void TruthBench::add_others() {
  using Tool = Result<ToolFigures, std::string> (*)(const ToolRun&);
  const auto add = [this](const std::string& key, const std::string& title,
                          const std::string& program, const std::string& install, Tool tool,
                          std::size_t connections) {
    rows_.push_back({key, title, installed(program) ? "" : install, {}, {}, {}, 0});
    if (!rows_.back().missing.empty()) return;
    arms_.push_back(
        {{key}, [this, key, tool, connections](std::uint16_t port) {
           const auto said = tool({port, rate_, duration_, connections, scratch_.path()});
           if (!said) return Result<Answer, std::string>(Err{said.error()});
           return Result<Answer, std::string>(Answer{{{key, said->milliseconds}}, said->dropped});
         }});
  };
  const auto count = [](std::size_t number) { return std::to_string(number); };
  // A closed loop has no rate: as many connections as have it while the server runs.
  const auto closed = static_cast<std::size_t>(
      std::max(1.0, std::round(rate_ * std::chrono::duration<double>(kServices.mean()).count())));
  add("k6_enough", "k6, " + count(enough_) + " VUs", "k6", "./lab bench truth", run_k6, enough_);
  add("k6_few", "k6, " + count(kFewConnections) + " VUs", "k6", "./lab bench truth", run_k6,
      kFewConnections);
  add("hey", "hey, " + count(kFewConnections) + " workers", "hey", "apt-get install hey", run_hey,
      kFewConnections);
  add("wrk", "wrk, " + count(closed) + " connections", "wrk", "apt-get install wrk", run_wrk,
      closed);
}

Result<void, std::string> TruthBench::measure(const Arm& arm) {
  const auto plan = plan_for(duration_);
  auto server = PausedServer::start({scratch_.path(), kServices, plan});
  if (!server) return Err{std::move(server.error())};
  const auto answer = arm.run((*server)->port());
  if (!answer) return Err{answer.error()};
  const auto record = (*server)->finish();
  if (!record) return Err{record.error()};
  if (!took_place(plan, *record)) {
    return Err{arm.rows.front() + " ended before the server had made all of its pauses"};
  }
  const ConstantSchedule schedule{record->first, rate_, duration_};
  const auto latencies = true_latencies(schedule, kServices, record->pauses);
  Figures truth{};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    truth[i] = millis(percentile_of(latencies, kPercents[i]));
  }
  truths_.push_back(truth);
  for (const auto& key : arm.rows) {
    Row& filled = row(key);
    const Figures& said = answer->figures.at(key);
    Figures errors{};
    for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = 100 * (said[i] / truth[i] - 1);
    filled.values.push_back(said);
    filled.errors.push_back(errors);
    filled.sent.push_back(100 * static_cast<double>(record->requests) /
                          static_cast<double>(schedule.requests()));
    filled.dropped += answer->dropped;
    char line[160];
    std::snprintf(line, sizeof line, "  %-42s %+7.2f %+7.2f %+7.2f %+7.2f %%", filled.title.c_str(),
                  errors[0], errors[1], errors[2], errors[3]);
    progress(line);
  }
  return {};
}

Spread column(const std::vector<Figures>& figures, std::size_t i) {
  std::vector<double> values;
  values.reserve(figures.size());
  for (const auto& each : figures) values.push_back(each[i]);
  return spread_of(values);
}

std::string printed(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string milliseconds_text(double value) {
  return printed(value < 100 ? "%.1f" : "%.0f", value);
}

// Markdown, so that it can be shown elsewhere as it is.
std::string TruthBench::table() const {
  std::vector<std::vector<std::string>> lines{{"latency in ms (error)", "arrived"}};
  for (const char* title : kTitles) lines[0].emplace_back(title);
  lines.push_back({"truth, by calculation", "100 %"});
  for (std::size_t i = 0; i < kPercents.size(); ++i) {
    lines[1].push_back(milliseconds_text(column(truths_, i).median));
  }
  for (const Row& each : rows_) {
    std::vector<std::string> line{each.title};
    if (!each.missing.empty()) {
      line.push_back("not installed: " + each.missing);
    } else {
      line.push_back(printed("%.0f %%", spread_of(each.sent).median));
      for (std::size_t i = 0; i < kPercents.size(); ++i) {
        const auto error = column(each.errors, i);
        line.push_back(milliseconds_text(column(each.values, i).median) + " (" +
                       (each.errors.size() == 1 ? "" : printed("%+.1f .. ", error.min)) +
                       printed("%+.1f %%)", error.max));
      }
    }
    line.resize(lines[0].size());
    lines.push_back(std::move(line));
  }
  return markdown_table(lines);
}

void TruthBench::fill(Report& report) {
  report.preface(table());
  for (std::size_t i = 0; i < kPercents.size(); ++i) {
    report.detail(std::string("truth_") + kNames[i] + "_ms", column(truths_, i));
  }
  for (const Row& each : rows_) {
    if (!each.missing.empty()) continue;
    for (std::size_t i = 0; i < kPercents.size(); ++i) {
      report.detail(each.key + "_" + kNames[i] + "_ms", column(each.values, i));
      report.detail(each.key + "_" + kNames[i] + "_error_percent", column(each.errors, i));
    }
    report.detail(each.key + "_arrived_percent", spread_of(each.sent));
    if (each.key.starts_with("k6")) {
      report.number(each.key + "_dropped",
                    static_cast<double>(each.dropped) / static_cast<double>(each.values.size()), "",
                    "dropped_iterations that " + each.title + ", says of a run, on average");
    }
  }
  report.number("rate", rate_, "/s", "intended requests");
  report.number("duration_s", std::chrono::duration<double>(duration_).count(), "s", "a run");
  report.number("service_ms", millis(kServices.mean()), "ms",
                "service time, on average; evenly from half as much to half as much again");
  report.number("rounds", options_.rounds, "",
                "rounds; a latency is their median, an error its least and most");
  report.machine(describe_machine(scratch_.path()), noise_);

  double worst = 0;
  for (std::size_t i = 0; i < kJudged; ++i) {
    const auto error = column(row("ours").errors, i);
    worst = std::max({worst, std::fabs(error.min), std::fabs(error.max)});
  }
  report.number("worst_error_percent", worst, "%",
                "ours: the largest error of any round at p50, p90, p99 and p99.9");
  report.goal("goal_truth", worst <= kGoalPercent, "within 2 % of the truth in every round");
  // Else this bench could not tell a generator that leaves out what it should have sent.
  const auto control = column(row("ours_from_send").errors, 2);
  report.goal("goal_control", std::fabs(control.max) > 10 * kGoalPercent,
              "measured from the send instead of the intended start, p99 is wrong by far");
}

Result<void, std::string> TruthBench::run(Report& report) {
  add_ours();
  add_others();
  for (std::uint32_t i = 0; i < options_.rounds; ++i) {
    progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
    for (const Arm& arm : arms_) {
      if (auto done = measure(arm); !done) return done;
    }
    // There and back, so that a machine that grows slower or faster favours nobody.
    std::reverse(arms_.begin(), arms_.end());
  }
  fill(report);
  return {};
}

// As many descriptors as this machine allows, for the generators that are started, too.
void allow_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options =
      parse_options(argc, argv,
                    "What load generators say of a server that stands still at known times, "
                    "against the truth.\n"
                    "Example: bench_truth --json --rounds 3\n"
                    "--rate: requests a second. --duration: of a run in seconds; the longest "
                    "pause is a quarter of it.\n"
                    "hey, wrk and k6 are looked up in PATH; who is missing is named.",
                    {{"rate", 200}, {"duration", 40}});
  if (options.smoke) {
    options.rounds = 1;
    options.numbers["duration"] = 2;
  }
  if (options.numbers["rate"] == 0 || options.numbers["duration"] == 0) {
    std::fprintf(stderr, "--rate and --duration start at 1; see --help\n");
    return 2;
  }
  allow_connections();
  Report report("truth");
  TruthBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
