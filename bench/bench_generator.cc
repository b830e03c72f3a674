// What our load generator drives from one core: against a server that costs next to nothing, on
// another core, beside wrk on the same server, and against what our own server can take.
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "lab_server.h"
#include "load_tools.h"
#include "measure.h"
#include "ours.h"
#include "paused_server.h"
#include "report.h"
#include "traffic.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kConnections = 64;
constexpr int kGeneratorCpu = 0;
constexpr int kServerCpu = 1;
constexpr double kGoal = 2;
// An open loop keeps a rate as long as its p99, from the intended start, stays below.
constexpr std::uint64_t kKeptMicros = 20000;

// This thread, and the processes that it starts, run on one processor meanwhile.
class Pinned {
 public:
  explicit Pinned(int cpu) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(cpu), &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~Pinned() { ::sched_setaffinity(0, sizeof before_, &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_{};
};

nanoseconds total(const CpuTime& time) { return time.user + time.system; }

// Of all children that have ended.
nanoseconds cpu_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto nanos = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return nanos(usage.ru_utime) + nanos(usage.ru_stime);
}

class GeneratorBench {
 public:
  explicit GeneratorBench(const Options& options)
      : options_(options),
        scratch_(options.directory),
        duration_(options.seconds),
        reference_(1, start_time(), 8, 64) {}
  Result<void, std::string> run(Report& report);

 private:
  static UtcMillis start_time() { return {static_cast<std::int64_t>(std::time(nullptr)) * 1000}; }
  Result<void, std::string> start();
  Result<void, std::string> round();
  Result<double, std::string> measure_closed();
  Result<void, std::string> measure_wrk();
  Result<double, std::string> highest_kept(double closed);
  Result<double, std::string> peak_of(load::Traffic& traffic);
  std::string bottleneck() const;
  void fill(Report& report);

  const Options& options_;
  Scratch scratch_;
  NoiseMeter noise_;
  std::chrono::seconds duration_;
  load::ReferenceData reference_;
  std::unique_ptr<PausedServer> responder_;  // without pauses
  std::unique_ptr<LabServer> server_;
  std::unique_ptr<CommandTraffic> writes_;
  std::unique_ptr<ChartTraffic> reads_;
  bool has_wrk_ = installed("wrk");
  std::vector<double> closed_, kept_, wrk_, write_peaks_, read_peaks_;
  std::vector<double> our_share_, responder_share_, our_micros_, kept_micros_, wrk_micros_;
  std::vector<double> ratio_wrk_, ratio_writes_, ratio_reads_;
};

Result<double, std::string> GeneratorBench::measure_closed() {
  const auto before = total(cpu_time_of(responder_->pid()));
  const Pinned pinned(kGeneratorCpu);
  const auto figures = run_ours({.port = responder_->port(),
                                 .duration = duration_,
                                 .connections = kConnections,
                                 .directory = scratch_.path()});
  if (!figures) return Err{figures.error()};
  our_share_.push_back(100 * figures->cpu);
  our_micros_.push_back(figures->cpu_micros);
  responder_share_.push_back(
      100 * std::chrono::duration<double>(total(cpu_time_of(responder_->pid())) - before).count() /
      std::chrono::duration<double>(duration_).count());
  return figures->per_second;
}

Result<void, std::string> GeneratorBench::measure_wrk() {
  if (!has_wrk_) return {};
  const auto before = cpu_of_children();
  const Pinned pinned(kGeneratorCpu);
  const auto figures = run_wrk({.port = responder_->port(),
                                .duration = duration_,
                                .connections = kConnections,
                                .directory = scratch_.path()});
  if (!figures) return Err{figures.error()};
  const auto requests = static_cast<double>(std::max<std::uint64_t>(1, figures->requests));
  wrk_.push_back(requests / std::chrono::duration<double>(duration_).count());
  wrk_micros_.push_back(
      std::chrono::duration<double, std::micro>(cpu_of_children() - before).count() / requests);
  return {};
}

// The first rate from the closed loop's own downwards that it keeps, and says that it does.
Result<double, std::string> GeneratorBench::highest_kept(double closed) {
  const Pinned pinned(kGeneratorCpu);
  for (const double share : {1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3}) {
    const auto figures = run_ours({.port = responder_->port(),
                                   .rate = closed * share,
                                   .duration = duration_,
                                   .connections = kConnections,
                                   .directory = scratch_.path()});
    if (!figures) return Err{figures.error()};
    if (!figures->bottlenecks.empty() || figures->latency.percentile(99) > kKeptMicros) continue;
    kept_micros_.push_back(figures->cpu_micros);
    return closed * share;
  }
  return Err{std::string("the generator keeps none of the rates that were tried: the machine is ") +
             "too busy"};
}

// As bench_write and bench_read find it: the server may use both cores, the driver as well.
Result<double, std::string> GeneratorBench::peak_of(load::Traffic& traffic) {
  const auto report = load::drive(traffic, {.port = server_->port(),
                                            .connections = kConnections,
                                            .warm_up = 500ms,
                                            .duration = duration_});
  if (!report) return Err{report.error()};
  if (auto done = server_->catch_up(60s); !done) return Err{std::move(done.error())};
  if (report->client_error + report->failed > 0) {
    return Err{std::string("the server refused a request or did not answer it")};
  }
  return report->ok_per_second();
}

Result<void, std::string> GeneratorBench::round() {
  const auto closed = measure_closed();
  if (!closed) return Err{closed.error()};
  if (auto done = measure_wrk(); !done) return done;
  const auto kept = highest_kept(*closed);
  if (!kept) return Err{kept.error()};
  const auto writes = peak_of(*writes_);
  if (!writes) return Err{writes.error()};
  if (!reads_) {
    reads_ = std::make_unique<ChartTraffic>(
        writes_->patients(), true,
        load::shared_headers("127.0.0.1", server_->port(), server_->token()));
  }
  const auto reads = peak_of(*reads_);
  if (!reads) return Err{reads.error()};
  closed_.push_back(*closed);
  kept_.push_back(*kept);
  write_peaks_.push_back(*writes);
  read_peaks_.push_back(*reads);
  ratio_writes_.push_back(*kept / *writes);
  ratio_reads_.push_back(*kept / *reads);
  if (has_wrk_) ratio_wrk_.push_back(*closed / wrk_.back());
  char line[160];
  std::snprintf(line, sizeof line,
                "  closed %.0f/s, wrk %.0f/s, open %.0f/s; server: writes %.0f/s, reads %.0f/s",
                *closed, has_wrk_ ? wrk_.back() : 0, *kept, *writes, *reads);
  progress(line);
  return {};
}

std::string GeneratorBench::bottleneck() const {
  if (spread_of(our_share_).median >= 90) return "the generator's own core";
  if (spread_of(responder_share_).median >= 90) return "the responder: the generator can do more";
  return "neither core is busy all the time: what shares the machine";
}

void GeneratorBench::fill(Report& report) {
  const auto ratio = spread_of(ratio_writes_);
  report.spread("open_per_second", spread_of(kept_), "/s",
                "ours, one core, open loop: the highest rate with p99 at most 20 ms from the "
                "intended start");
  report.spread("closed_per_second", spread_of(closed_), "/s",
                "ours, one core, closed loop, 64 connections");
  if (has_wrk_) {
    report.spread("wrk_per_second", spread_of(wrk_), "/s",
                  "wrk, one thread on the same core, closed loop, 64 connections");
    report.spread("ratio_wrk", spread_of(ratio_wrk_), "", "ours / wrk, closed, round by round");
    report.spread("wrk_cpu_us", spread_of(wrk_micros_), "us", "wrk's CPU a request");
  } else {
    report.text("wrk_per_second", "not installed", "wrk: apt-get install wrk");
  }
  report.spread("closed_cpu_us", spread_of(our_micros_), "us", "our CPU a request, closed loop");
  report.spread("open_cpu_us", spread_of(kept_micros_), "us", "our CPU a request, open loop");
  report.spread("core_percent", spread_of(our_share_), "%", "of its core, closed loop");
  report.spread("responder_percent", spread_of(responder_share_), "%",
                "of the other core, used by the responder meanwhile");
  report.text("bottleneck", bottleneck(), "what limits the closed loop");
  report.spread("writes_per_second", spread_of(write_peaks_), "/s",
                "our server's peak, durable writes, 64 connections, as in `bench write`");
  report.spread("reads_per_second", spread_of(read_peaks_), "/s",
                "our server's peak, first pages of charts, as in `bench read`");
  report.spread("ratio_writes", ratio, "", "ours, open / the server's writes, round by round");
  report.spread("ratio_reads", spread_of(ratio_reads_), "", "ours, open / the server's reads");
  report.machine(describe_machine(scratch_.path()), noise_);
  report.goal("goal_capacity", ratio.median >= kGoal,
              "from one core at least 2 x the server's peak of writes");
  report.goal("goal_capacity_reads", spread_of(ratio_reads_).median >= kGoal,
              "and at least 2 x its peak of reads");
}

Result<void, std::string> GeneratorBench::start() {
  auto responder = PausedServer::start(
      {.directory = scratch_.path(), .services = {}, .plan = {}, .cpu = kServerCpu});
  if (!responder) return Err{std::move(responder.error())};
  responder_ = std::move(responder).value();
  auto server = LabServer::start(options_, scratch_, scratch_.path("data"));
  if (!server) return Err{std::move(server.error())};
  server_ = std::move(server).value();
  if (auto prepared = server_->prepare(reference_); !prepared) return prepared;
  load::WorkloadOptions workload;
  workload.seed = static_cast<std::uint64_t>(start_time().value);
  workload.start = start_time();
  writes_ = std::make_unique<CommandTraffic>(
      workload, reference_, kConnections,
      load::shared_headers("127.0.0.1", server_->port(), server_->token()));
  return {};
}

Result<void, std::string> GeneratorBench::run(Report& report) {
  if (describe_machine(scratch_.path()).cores < 2) {
    return Err{std::string("this bench needs two cores: one for the generator, one for a server")};
  }
  if (auto done = start(); !done) return done;
  for (std::uint32_t i = 0; i < options_.rounds; ++i) {
    progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
    if (auto done = round(); !done) return done;
  }
  fill(report);
  if (const auto record = responder_->finish(); !record) return Err{record.error()};
  return server_->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(
      argc, argv,
      "The highest rate that our load generator drives from one core, beside wrk's and our own "
      "server's peak.\n"
      "Example: bench_generator --json --rounds 5",
      {});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
  }
  Report report("generator");
  GeneratorBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
