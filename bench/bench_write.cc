// Durable writes over the real HTTP API, interleaved with message-db on PostgreSQL and with a bare
// SQLite writer on the same disk.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "bare_writer.h"
#include "lab_server.h"
#include "measure.h"
#include "message_db.h"
#include "report.h"
#include "traffic.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kConnections = 64;
constexpr auto kCatchUpGoal = 1s;

double micros(nanoseconds time) { return std::chrono::duration<double, std::micro>(time).count(); }

class WriteBench {
 public:
  explicit WriteBench(const Options& options)
      : options_(options), scratch_(options.directory), reference_(1, start_time(), 8, 64) {}

  Result<void, std::string> run(Report& report);

 private:
  static UtcMillis start_time() { return {static_cast<std::int64_t>(std::time(nullptr)) * 1000}; }
  bool compares() const { return options_.numbers.at("compare") != 0; }
  Result<void, std::string> round();
  Result<double, std::string> measure_ours();
  Result<double, std::string> measure_peer();
  Result<double, std::string> measure_bare(bool indexed);
  Result<void, std::string> measure_half_load();
  void fill_comparison(Report& report);
  void fill(Report& report);

  const Options& options_;
  Scratch scratch_;
  load::ReferenceData reference_;
  NoiseMeter noise_;
  std::unique_ptr<LabServer> server_;
  std::unique_ptr<CommandTraffic> traffic_;
  std::unique_ptr<MessageDb> peer_;

  load::Histogram sync_;
  load::Histogram latency_;       // at the peak
  load::Histogram half_latency_;  // open loop at half of the peak
  std::vector<double> ours_, peer_rates_, bare_, bare_log_, syncs_;
  std::vector<double> ratio_peer_, ratio_bare_;
  std::vector<double> user_micros_, system_micros_, batch_;
  std::vector<double> client_micros_;
  std::uint64_t shed_ = 0;  // 503 at the peak: asked again, not counted
  std::uint64_t half_missed_ = 0;
  nanoseconds catch_up_{0};
  double half_rate_ = 0;
};

Result<double, std::string> WriteBench::measure_ours() {
  const auto before = cpu_time_of(server_->pid());
  const auto batches = server_->metric("pim_commit_batches_total");
  const auto events = server_->metric("pim_commit_events_total");
  const auto report = load::drive(*traffic_, {.port = server_->port(),
                                              .connections = kConnections,
                                              .duration = std::chrono::seconds(options_.seconds)});
  if (!report) return Err{report.error()};
  const auto caught_up = server_->catch_up(60s);
  if (!caught_up) return Err{caught_up.error()};
  if (traffic_->refused() > 0) return Err{"a command was refused: " + traffic_->first_refusal()};
  if (report->failed > 0) return Err{std::to_string(report->failed) + " requests got no answer"};
  shed_ += report->server_error;
  client_micros_.push_back(micros(report->own_cpu) /
                           static_cast<double>(std::max<std::uint64_t>(1, report->answered)));
  const auto after = cpu_time_of(server_->pid());
  const auto answered = static_cast<double>(std::max<std::uint64_t>(1, report->answered));
  user_micros_.push_back(micros(after.user - before.user) / answered);
  system_micros_.push_back(micros(after.system - before.system) / answered);
  catch_up_ = std::max(catch_up_, *caught_up);
  latency_.merge(report->latency);
  const auto batches_after = server_->metric("pim_commit_batches_total");
  const auto events_after = server_->metric("pim_commit_events_total");
  if (batches && events && batches_after && events_after && *batches_after > *batches) {
    batch_.push_back((*events_after - *events) / (*batches_after - *batches));
    syncs_.push_back((*batches_after - *batches) /
                     std::chrono::duration<double>(report->elapsed).count());
  }
  return report->ok_per_second();
}

Result<double, std::string> WriteBench::measure_peer() {
  auto report = peer_->run(kConnections, std::chrono::seconds(options_.seconds));
  if (!report) return Err{std::move(report.error())};
  if (auto settled = peer_->settle(); !settled) return Err{std::move(settled.error())};
  return report->events_per_second;
}

Result<double, std::string> WriteBench::measure_bare(bool indexed) {
  auto report = run_bare_writer({.directory = scratch_.path(),
                                 .duration = std::chrono::seconds(options_.seconds),
                                 .indexed = indexed});
  if (!report) return Err{std::move(report.error())};
  return report->events_per_second;
}

// A B C C B A, so that a machine that grows slower or faster favours nobody.
Result<void, std::string> WriteBench::round() {
  sync_.merge(calibrate_sync(scratch_.path(), options_.smoke ? 20 : 200));
  if (!compares()) {
    auto rate = measure_ours();
    if (!rate) return Err{std::move(rate.error())};
    ours_.push_back(*rate);
    return {};
  }
  double ours = 0;
  double peer = 0;
  double bare = 0;
  for (const char who : {'A', 'B', 'C', 'C', 'B', 'A'}) {
    auto rate = who == 'A' ? measure_ours() : who == 'B' ? measure_peer() : measure_bare(true);
    if (!rate) return Err{std::move(rate.error())};
    (who == 'A' ? ours : who == 'B' ? peer : bare) += *rate / 2;
  }
  auto log = measure_bare(false);
  if (!log) return Err{std::move(log.error())};
  ours_.push_back(ours);
  peer_rates_.push_back(peer);
  bare_.push_back(bare);
  bare_log_.push_back(*log);
  ratio_peer_.push_back(ours / peer);
  ratio_bare_.push_back(ours / bare);
  char line[160];
  std::snprintf(line, sizeof line, "  ours %.0f/s, message-db %.0f/s, bare %.0f/s", ours, peer,
                bare);
  progress(line);
  return {};
}

Result<void, std::string> WriteBench::measure_half_load() {
  half_rate_ = spread_of(ours_).median / 2;
  const auto report =
      load::drive(*traffic_, {.port = server_->port(),
                              .connections = kConnections,
                              .warm_up = 1s,
                              .duration = std::chrono::seconds(options_.smoke ? 1 : 10),
                              .rate = half_rate_});
  if (!report) return Err{report.error()};
  half_missed_ = report->failed + report->unsent + report->server_error;
  half_latency_ = report->latency;
  return {};
}

void WriteBench::fill_comparison(Report& report) {
  const auto ratio_peer = spread_of(ratio_peer_);
  const auto ratio_bare = spread_of(ratio_bare_);
  report.spread("message_db_per_second", spread_of(peer_rates_), "/s",
                "message-db " + peer_->version() +
                    " on PostgreSQL 15, defaults, fsync on, 1,024 categories, 64 clients");
  report.spread("bare_per_second", spread_of(bare_), "/s",
                "bare SQLite group-commit writer: 650 B rows, unique by version and by request, "
                "64 producers");
  report.spread("bare_log_per_second", spread_of(bare_log_), "/s",
                "the same without its unique indexes: a log, not an event store");
  report.spread("ratio_message_db", ratio_peer, "", "ours / message-db, round by round");
  report.spread("ratio_bare", ratio_bare, "", "ours / bare, round by round");
  report.goal("goal_message_db", ratio_peer.median >= 4, "at least 4 x message-db");
  report.goal("goal_bare", ratio_bare.median >= 0.5, "at least half of the bare writer");
}

void WriteBench::fill(Report& report) {
  const auto rate = spread_of(ours_);
  const double half_p99 = static_cast<double>(half_latency_.percentile(99)) / 1000;
  report.spread("events_per_second", rate, "/s", "durable events over HTTP, 64 connections");
  if (compares()) fill_comparison(report);
  report.latency("peak", latency_, "latency at the peak, closed loop");
  report.number("half_rate", half_rate_, "/s", "half of the peak, open loop");
  report.latency("half", half_latency_, "latency at half of the peak, from the intended start");
  if (!batch_.empty()) {
    report.spread("events_per_batch", spread_of(batch_), "", "events a transaction at the peak");
    report.spread("batches_per_second", spread_of(syncs_), "/s", "transactions, each synced");
  }
  report.spread("user_cpu_us", spread_of(user_micros_), "us", "server's user CPU a request");
  report.spread("system_cpu_us", spread_of(system_micros_), "us", "server's system CPU a request");
  report.spread("client_cpu_us", spread_of(client_micros_), "us", "the driver's own CPU a request");
  report.number("shed", static_cast<double>(shed_), "", "503 at the peak (not in the rate)");
  report.number("half_missed", static_cast<double>(half_missed_), "",
                "requests not answered 2xx at half of the peak");
  report.number("catch_up_ms", micros(catch_up_) / 1000, "ms",
                "read model complete after the last reply, worst of all");
  report.latency("fdatasync", sync_, "4 KiB append + fdatasync on this disk");
  report.machine(describe_machine(scratch_.path()), noise_);
  report.goal("goal_half_p99", half_p99 <= 30 && half_missed_ == 0,
              "p99 at half of the peak at most 30 ms");
  report.goal("goal_catch_up", catch_up_ <= kCatchUpGoal, "read model complete within 1 s");
}

Result<void, std::string> WriteBench::run(Report& report) {
  auto server = LabServer::start(options_, scratch_, scratch_.path("data"));
  if (!server) return Err{std::move(server.error())};
  server_ = std::move(server).value();
  if (auto prepared = server_->prepare(reference_); !prepared) return prepared;
  load::WorkloadOptions workload;
  workload.seed = static_cast<std::uint64_t>(start_time().value);
  workload.start = start_time();
  traffic_ = std::make_unique<CommandTraffic>(
      workload, reference_, kConnections,
      load::shared_headers("127.0.0.1", server_->port(), server_->token()));
  if (compares()) {
    auto peer = MessageDb::start(scratch_.path("postgres"), options_.directory + "/cache");
    if (!peer) return Err{std::move(peer.error())};
    peer_ = std::move(peer).value();
  }

  for (std::uint32_t i = 0; i < options_.rounds; ++i) {
    progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
    if (auto done = round(); !done) return done;
  }
  if (auto done = measure_half_load(); !done) return done;
  fill(report);
  return server_->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options =
      parse_options(argc, argv,
                    "Durable writes over HTTP against message-db and a bare SQLite writer.\n"
                    "Example: bench_write --json --rounds 5\n"
                    "--compare 0 leaves the others out.",
                    {{"compare", 1}});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
  }
  Report report("write");
  WriteBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
