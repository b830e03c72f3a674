// Twice the load that the server can carry, with clients that try again; and one shard that gets
// more than its share.
//
// The server has one core and the clients the other, so that neither takes the other's time.
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

#include "lab_server.h"
#include "measure.h"
#include "pressed.h"
#include "report.h"
#include "routing/bucket.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kShards = 4;
constexpr std::size_t kPatients = 4096;
constexpr std::size_t kConnections = 900;  // the server takes 1,024
constexpr double kSloMillis = 30;          // p99 of commands
constexpr double kKneeMillis = 100;        // beyond it latency takes off
constexpr double kFaultSloMillis = 500;    // and under a fault
constexpr std::uint64_t kLateMicros = 20'000;

// What is started from now on too. Nothing where there is no such core.
void pin_to(unsigned core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

double millis(std::uint64_t micros) { return static_cast<double>(micros) / 1000; }
double p99(const load::Histogram& histogram) { return millis(histogram.percentile(99)); }
double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

class OverloadBench {
 public:
  explicit OverloadBench(const Options& options)
      : options_(options), scratch_(options.directory), report_("overload") {}

  Result<void, std::string> run();
  const Report& report() const { return report_; }
  // Else the figures are the generator's, not the server's.
  bool client_kept_up() const { return latest_micros_ <= kLateMicros; }

 private:
  std::chrono::seconds step() const { return std::chrono::seconds(options_.seconds); }
  PressedRun pressed(std::vector<Phase> phases) const;
  Result<PressedFigures, std::string> measured(const PressedRun& run);
  Result<void, std::string> age();
  Result<void, std::string> find_peak();
  Result<void, std::string> find_knee();
  Result<void, std::string> overload(const std::string& key, double budget_percent,
                                     const std::string& whose);
  Result<void, std::string> hot_shard();

  const Options& options_;
  Scratch scratch_;
  Report report_;
  NoiseMeter noise_;
  std::unique_ptr<LabServer> server_;
  std::vector<Uuid> patients_;
  double peak_ = 0;
  double knee_ = 0;
  double busiest_ = 0;
  std::uint64_t latest_micros_ = 0;
};

PressedRun OverloadBench::pressed(std::vector<Phase> phases) const {
  PressedRun run;
  run.port = server_->port();
  run.token = server_->token();
  run.directory = scratch_.path();
  run.patients = patients_;
  run.connections = kConnections;
  run.phases = std::move(phases);
  run.retry.attempts = 1;
  return run;
}

Result<PressedFigures, std::string> OverloadBench::measured(const PressedRun& run) {
  auto figures = run_pressed(run);
  if (!figures) return figures;
  busiest_ = std::max(busiest_, figures->cpu);
  latest_micros_ = std::max(latest_micros_, figures->lag_p99_micros);
  return figures;
}

// A history of some length first: the server is fastest while its indexes are small.
Result<void, std::string> OverloadBench::age() {
  const auto wanted = options_.numbers.at("history");
  std::uint64_t events = 0;
  while (events < wanted) {
    auto run = pressed({});
    run.connections = 128;
    run.closed_for = 5s;
    auto figures = measured(run);
    if (!figures) return Err{std::move(figures.error())};
    events += figures->sum(0, figures->seconds.size()).good;
  }
  report_.number("history", static_cast<double>(events), "", "events before anything is measured");
  return {};
}

// The most that any number of clients gets from it.
Result<void, std::string> OverloadBench::find_peak() {
  for (const std::size_t clients : {32U, 64U, 128U}) {
    auto run = pressed({});
    run.connections = clients;
    run.closed_for = step() + 1s;
    auto figures = measured(run);
    if (!figures) return Err{std::move(figures.error())};
    const auto seconds = static_cast<std::size_t>(step().count());
    const double rate =
        static_cast<double>(figures->sum(1, 1 + seconds).good) / static_cast<double>(seconds);
    progress("  " + std::to_string(clients) + " clients: " + std::to_string(std::lround(rate)) +
             "/s");
    peak_ = std::max(peak_, rate);
  }
  return {};
}

// The highest rate, in steps of 5 % of the peak, that is carried: nothing fails for clients without
// retries, and none waits long.
Result<void, std::string> OverloadBench::find_knee() {
  for (double share = 0.95; share > 0.2; share -= 0.05) {
    auto figures = measured(pressed({{peak_ * share, step() + 1s}}));
    if (!figures) return Err{std::move(figures.error())};
    const auto all = figures->sum(1, 1 + static_cast<std::size_t>(step().count()));
    char line[120];
    std::snprintf(line, sizeof line, "  %5.0f/s: p99 %.1f ms, %llu of %llu failed", peak_ * share,
                  p99(all.admitted), static_cast<unsigned long long>(all.failed),
                  static_cast<unsigned long long>(all.due));
    progress(line);
    if (all.failed == 0 && p99(all.admitted) <= kKneeMillis) {
      knee_ = peak_ * share;
      return {};
    }
  }
  return Err{std::string("no rate was carried: the machine is too busy")};
}

Result<void, std::string> OverloadBench::overload(const std::string& key, double budget_percent,
                                                  const std::string& whose) {
  progress("twice the knee: " + whose);
  const auto pressure = options_.numbers.at("pressure");
  const std::uint64_t calm = options_.smoke ? 3 : 10;  // seconds at half the knee, before
  const std::uint64_t relief = options_.smoke ? 5 : 40;
  const auto begin = calm + 1;  // the first second opens the connections
  const auto end = begin + pressure;
  auto run = pressed({{knee_ / 2, std::chrono::seconds(begin)},
                      {2 * knee_, std::chrono::seconds(pressure)},
                      {knee_ / 2, std::chrono::seconds(relief)}});
  run.retry = {};
  run.retry.budget_percent = budget_percent;
  auto figures = measured(run);
  if (!figures) return Err{std::move(figures.error())};
  if (figures->seconds.size() < end + relief) figures->seconds.resize(end + relief);
  for (std::size_t i = 0; i < end + relief; ++i) {
    const auto& second = figures->seconds[i];
    char line[160];
    std::snprintf(line, sizeof line,
                  "  second %3zu: due %6llu, good %6llu, p99 admitted %7.1f, served %7.1f ms", i,
                  static_cast<unsigned long long>(second.due),
                  static_cast<unsigned long long>(second.good), p99(second.admitted),
                  p99(second.served));
    progress(line);
  }
  const auto under = figures->sum(begin, end);
  const double goodput = static_cast<double>(under.good) / static_cast<double>(pressure);
  // Back is within the SLO, or as it was before at the same rate where that was slower.
  double back = kSloMillis;
  for (std::size_t i = 1; i < begin; ++i)
    back = std::max(back, p99(figures->seconds[i].good_after));
  std::size_t recovered = end;  // from here on three seconds are so
  std::size_t held = 0;
  while (held < 3 && recovered + held < end + relief) {
    const auto& second = figures->seconds[recovered + held];
    if (second.failed == 0 && p99(second.good_after) <= back) {
      ++held;
    } else {
      recovered += held + 1;
      held = 0;
    }
  }
  const auto recovery = static_cast<double>(recovered - end);
  report_.number(key + "_goodput", goodput, "/s", "goodput at twice the knee, " + whose);
  report_.number(key + "_goodput_share", goodput / peak_, "", "of the peak");
  report_.latency(key + "_served", under.served, "admitted at once, from when it was sent");
  report_.latency(key + "_admitted", under.admitted,
                  "the same from the intended start: what waits for one of the connections waits");
  report_.number(key + "_attempts",
                 static_cast<double>(figures->attempts) / static_cast<double>(end + relief), "/s",
                 "attempts sent in all phases, retries included");
  report_.number(key + "_shed_percent", percent(figures->shed, figures->attempts), "%",
                 "of them were shed");
  report_.number(key + "_recovery_s", recovery, "s",
                 "at half the knee until three seconds are as before");
  report_.number(key + "_back_ms", back, "ms",
                 "p99 at half the knee before, worst second (least 30)");
  report_.number(key + "_client_cpu", 100 * figures->cpu, "%", "the generator's core in use");
  report_.goal(key + "_goal_goodput", goodput >= 0.8 * peak_, "goodput at least 80 % of the peak");
  report_.goal(key + "_goal_p99", p99(under.admitted) <= kFaultSloMillis,
               "admitted p99 at most 500 ms");
  report_.goal(key + "_goal_recovery", held == 3 && recovery <= 30,
               "back 30 s after the load falls");
  return {};
}

Result<void, std::string> OverloadBench::hot_shard() {
  progress("a hot shard");
  std::vector<Uuid> hot, others;
  for (const Uuid& patient : patients_) {
    (default_shard(bucket_of(patient), kShards).value == 0 ? hot : others).push_back(patient);
  }
  const double quiet = 0.3 * knee_ * (kShards - 1) / kShards;
  const double heat = 1.5 * peak_;
  const auto length = static_cast<std::size_t>(step().count());
  std::vector<double> alone_p99, beside_p99, ratios, hot_goodput;
  std::uint64_t failed = 0;
  for (std::uint32_t round = 0; round < options_.rounds; ++round) {
    auto run = pressed({{quiet, step()}});
    run.patients = others;
    run.connections = kConnections / 3;
    auto alone = measured(run);
    if (!alone) return Err{std::move(alone.error())};

    auto crowd = pressed({{heat, step()}});
    crowd.patients = hot;
    crowd.connections = kConnections - run.connections;
    crowd.retry = {};
    Result<PressedFigures, std::string> crowded = Err{std::string("not run")};
    Result<PressedFigures, std::string> beside = Err{std::string("not run")};
    {
      const std::jthread other([&] { crowded = run_pressed(crowd); });
      beside = measured(run);
    }
    if (!crowded) return Err{std::move(crowded.error())};
    busiest_ = std::max(busiest_, crowded->cpu);
    latest_micros_ = std::max(latest_micros_, crowded->lag_p99_micros);
    if (!beside) return Err{std::move(beside.error())};
    const auto before = alone->sum(0, length);
    const auto during = beside->sum(0, length);
    alone_p99.push_back(p99(before.admitted));
    beside_p99.push_back(p99(during.admitted));
    ratios.push_back(beside_p99.back() / alone_p99.back());
    hot_goodput.push_back(static_cast<double>(crowded->sum(0, length).good) /
                          static_cast<double>(length));
    failed += during.failed;
    char line[160];
    std::snprintf(
        line, sizeof line,
        "  others: alone p99 %.1f ms, beside the hot one %.1f ms, %llu failed; hot %.0f/s",
        alone_p99.back(), beside_p99.back(), static_cast<unsigned long long>(during.failed),
        hot_goodput.back());
    progress(line);
  }
  report_.number("hot_rate", heat, "/s", "at shard 0: 1.5 x the peak of all shards");
  report_.number("others_rate", quiet, "/s", "at the others: 30 % of their share of the knee");
  report_.spread("hot_goodput", spread_of(hot_goodput), "/s", "goodput of the hot shard");
  report_.spread("others_alone_p99_ms", spread_of(alone_p99), "ms", "p99 of the others, alone");
  report_.spread("others_beside_p99_ms", spread_of(beside_p99), "ms", "p99 beside the hot shard");
  report_.spread("others_ratio", spread_of(ratios), "", "the latter to the former");
  report_.number("others_failed", static_cast<double>(failed), "",
                 "of the others' requests, beside the hot shard");
  report_.goal("goal_bulkhead", spread_of(ratios).median <= 2,
               "a hot shard at most doubles the p99 of the others");
  return {};
}

Result<void, std::string> OverloadBench::run() {
  const bool apart = describe_machine(scratch_.path()).cores > 1;
  if (apart) pin_to(0);
  auto server = LabServer::start(options_, scratch_, scratch_.path("data"),
                                 {"--shards", std::to_string(kShards)});
  if (!server) return Err{std::move(server.error())};
  server_ = std::move(server).value();
  if (apart) pin_to(1);
  auto registered = register_patients(pressed({}), kPatients);
  if (!registered) return Err{std::move(registered.error())};
  patients_ = std::move(*registered);
  if (auto done = age(); !done) return done;
  if (auto done = find_peak(); !done) return done;
  if (auto done = find_knee(); !done) return done;
  report_.number("peak", peak_, "/s", "the most that 32 to 128 clients got from one core");
  report_.number("knee", knee_, "/s",
                 "the highest rate with a p99 of at most 100 ms and no failure");
  if (auto done = overload("budget", 10, "clients with a retry budget of 10 %"); !done) return done;
  if (auto done = overload("storm", 1000, "clients that send each request up to 3 times"); !done) {
    return done;
  }
  if (auto done = hot_shard(); !done) return done;
  report_.number("client_cpu", 100 * busiest_, "%", "the generator's core at its busiest");
  report_.number("client_late_ms", millis(latest_micros_), "ms",
                 "p99 of the generator's own delay, worst of all (limit 20)");
  report_.latency("fdatasync", calibrate_sync(scratch_.path(), options_.smoke ? 20 : 200),
                  "4 KiB append + fdatasync on this disk");
  report_.machine(describe_machine(scratch_.path()), noise_);
  return server_->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(
      argc, argv,
      "Twice the knee with retries, and a hot shard.\n"
      "Example: bench_overload --json\n"
      "--pressure: seconds at twice the knee; --history: events beforehand. Exit code "
      "4: the generator could not keep up.",
      {{"pressure", 60}, {"history", 600'000}});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
    options.numbers["pressure"] = std::min<std::uint64_t>(options.numbers["pressure"], 3);
    options.numbers["history"] = 0;
  }
  OverloadBench bench(options);
  if (auto done = bench.run(); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  const int verdict = conclude(bench.report(), options);
  if (options.smoke || bench.client_kept_up()) return verdict;
  std::fprintf(stderr,
               "the generator could not keep up: these figures say nothing of the server\n");
  return 4;
}
