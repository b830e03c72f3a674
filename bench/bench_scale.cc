// A long history: how soon a server is ready on it, what memory it takes, and what its patients
// cost that are in memory (hot) and that are not (cold).
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "domain/ids_text.h"
#include "fill.h"
#include "lab_server.h"
#include "measure.h"
#include "report.h"
#include "traffic.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kConnections = 64;
constexpr std::uint64_t kShards = 4;

// Admissions of known patients: valid however often they come.
class AdmitTraffic : public load::Traffic {
 public:
  AdmitTraffic(const Filled& filled, std::size_t first, std::size_t count, std::uint64_t seed,
               std::string shared)
      : filled_(filled),
        first_(first),
        count_(count),
        shared_(std::move(shared)),
        dice_(seed, 0, 0) {}

  void next(std::size_t, std::string& out) override {
    const Uuid& patient = filled_.patients[first_ + dice_.below(count_)];
    const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
    load::PreparedCommand command;
    command.method = "POST";
    command.path = "/v1/patients/" + patient.to_string() + "/encounters";
    const auto high = dice_.next();
    command.request_id = uuid_v7(now, high, dice_.next()).to_string();
    command.body = R"({"provider_id":")" + pick(filled_.providers) + R"(","facility_id":")" +
                   pick(filled_.facilities) +
                   R"(","class":"ambulatory","pos":"11","admitted_at":")" +
                   UtcMillis{now - 60'000}.to_string() + R"("})";
    load::append_wire(out, command, shared_);
  }
  void answered(std::size_t, const Reply& reply) override {
    if (reply.status >= 300 && refused_++ == 0) first_refusal_ = reply.body;
  }
  void failed(std::size_t, const load::TransportError& error) override {
    if (refused_++ == 0) first_refusal_ = error.message;
  }
  std::uint64_t refused() const { return refused_; }
  const std::string& first_refusal() const { return first_refusal_; }

 private:
  const std::string& pick(const std::vector<std::string>& from) {
    return from[dice_.below(from.size())];
  }
  const Filled& filled_;
  std::size_t first_;
  std::size_t count_;
  std::string shared_;
  load::Dice dice_;
  std::uint64_t refused_ = 0;
  std::string first_refusal_;
};

class ScaleBench {
 public:
  explicit ScaleBench(const Options& options) : options_(options), scratch_(options.directory) {}
  Result<void, std::string> run(Report& report);

 private:
  Result<void, std::string> fill(Report& report);
  Result<void, std::string> project(Report& report);
  Result<void, std::string> start_again(Report& report);
  Result<void, std::string> writes(Report& report, const std::string& key, std::size_t first,
                                   std::size_t count, bool warm);
  Result<void, std::string> reads(Report& report, const std::string& key, std::size_t first,
                                  std::size_t count);
  Result<std::unique_ptr<LabServer>, std::string> launch() {
    return LabServer::start(options_, scratch_, scratch_.path("data"),
                            {"--shards", std::to_string(kShards), "--cache-streams",
                             std::to_string(cached() / kShards + 1)});
  }
  std::uint64_t cached() const { return filled_.patients.size() / 10; }
  std::chrono::seconds duration() const { return std::chrono::seconds(options_.seconds); }

  const Options& options_;
  Scratch scratch_;
  NoiseMeter noise_;
  Filled filled_;
  std::unique_ptr<LabServer> server_;
  std::string shared_;
};

Result<void, std::string> ScaleBench::fill(Report& report) {
  auto filled = fill_store(
      {scratch_.path("data"), options_.numbers.at("patients"), options_.numbers.at("events"),
       [](std::uint64_t events) { progress("filled " + std::to_string(events) + " events"); }});
  if (!filled) return Err{std::move(filled.error())};
  filled_ = std::move(filled).value();
  report.number("patients", static_cast<double>(filled_.patients.size()), "", "patients");
  report.number("events", static_cast<double>(filled_.events), "", "events");
  report.number("fill_events_per_second", static_cast<double>(filled_.events) / filled_.seconds,
                "/s", "offline fill through the store's port");
  return {};
}

// The first start finds no projections: their building is no part of being ready.
Result<void, std::string> ScaleBench::project(Report& report) {
  const auto started = load::Clock::now();
  auto server = launch();
  if (!server) return Err{std::move(server.error())};
  report.number("first_ready_ms",
                std::chrono::duration<double, std::milli>((*server)->ready_time()).count(), "ms",
                "ready after the first start, read model still empty");
  progress("building the read model");
  auto caught_up = (*server)->catch_up(2h);
  if (!caught_up) return Err{std::move(caught_up.error())};
  const double seconds = std::chrono::duration<double>(load::Clock::now() - started).count();
  report.number("project_events_per_second", static_cast<double>(filled_.events) / seconds, "/s",
                "read model and audit index built behind the running server");
  return (*server)->stop();
}

Result<void, std::string> ScaleBench::start_again(Report& report) {
  std::vector<double> ready;
  for (std::uint32_t i = 0; i < options_.rounds; ++i) {
    if (server_) {
      if (auto stopped = server_->stop(); !stopped) return stopped;
    }
    auto server = launch();
    if (!server) return Err{std::move(server.error())};
    server_ = std::move(server).value();
    ready.push_back(std::chrono::duration<double, std::milli>(server_->ready_time()).count());
  }
  const auto spread = spread_of(ready);
  const auto memory = memory_of(server_->pid());
  shared_ = load::shared_headers("127.0.0.1", server_->port(), server_->token());
  report.spread("ready_ms", spread, "ms", "from start to ready");
  report.number("ready_rss_mib", memory.resident_mib, "MiB", "resident memory when ready");
  report.goal("goal_ready", spread.max <= 2000, "ready in 2 s");
  return {};
}

Result<void, std::string> ScaleBench::writes(Report& report, const std::string& key,
                                             std::size_t first, std::size_t count, bool warm) {
  AdmitTraffic traffic(filled_, first, count, first + 1, shared_);
  const auto before = cpu_time_of(server_->pid());
  const auto driven = load::drive(traffic, {.port = server_->port(),
                                            .connections = kConnections,
                                            .warm_up = warm ? duration() : 0s,
                                            .duration = duration()});
  if (!driven) return Err{driven.error()};
  if (traffic.refused() > 0) return Err{"a write was refused: " + traffic.first_refusal()};
  const auto after = cpu_time_of(server_->pid());
  report.number(key + "_per_second", driven->per_second(), "/s",
                "admissions, " + key + ", 64 connections");
  report.latency(key, driven->latency, "latency");
  if (!warm) {
    report.number(key + "_user_us",
                  std::chrono::duration<double, std::micro>(after.user - before.user).count() /
                      static_cast<double>(std::max<std::uint64_t>(1, driven->answered)),
                  "us", "server's user CPU a request");
  }
  return {};
}

Result<void, std::string> ScaleBench::reads(Report& report, const std::string& key,
                                            std::size_t first, std::size_t count) {
  const auto begin = filled_.patients.begin() + static_cast<std::ptrdiff_t>(first);
  ChartTraffic traffic(std::vector<Uuid>(begin, begin + static_cast<std::ptrdiff_t>(count)), false,
                       shared_);
  const auto driven = load::drive(
      traffic, {.port = server_->port(), .connections = kConnections, .duration = duration()});
  if (!driven) return Err{driven.error()};
  if (traffic.refused() > 0) return Err{std::string("a read failed")};
  report.number(key + "_per_second", driven->per_second(), "/s",
                "first pages of charts, " + key + ", 64 connections");
  report.latency(key, driven->latency, "latency");
  return {};
}

Result<void, std::string> ScaleBench::run(Report& report) {
  if (auto done = fill(report); !done) return done;
  if (auto done = project(report); !done) return done;
  if (auto done = start_again(report); !done) return done;
  // Half of what the cache holds is hot; what is cold comes once, so that it finds no cache.
  const std::size_t hot = std::max<std::size_t>(1, cached() / 2);
  const std::size_t cold = filled_.patients.size() - hot;
  if (auto done = writes(report, "cold_writes", hot, cold, false); !done) return done;
  if (auto done = writes(report, "hot_writes", 0, std::min<std::size_t>(hot, 5000), true); !done) {
    return done;
  }
  if (auto done = reads(report, "cold_reads", hot, cold); !done) return done;
  if (auto done = reads(report, "hot_reads", 0, std::min<std::size_t>(hot, 5000)); !done) {
    return done;
  }
  const auto memory = memory_of(server_->pid());
  report.number("cached_patients", static_cast<double>(cached()), "",
                "patients the cache can hold");
  report.number("peak_rss_mib", memory.peak_mib, "MiB", "resident memory at most");
  report.machine(describe_machine(scratch_.path()), noise_);
  report.goal("goal_rss", memory.peak_mib <= 512, "at most 512 MiB");
  return server_->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(argc, argv,
                               "A long history: readiness, memory, hot and cold patients.\n"
                               "Example: bench_scale --json --patients 100000 --events 1000000",
                               {{"patients", 1'000'000}, {"events", 10'000'000}});
  if (options.smoke) {
    options.rounds = 2;
    options.seconds = 1;
    options.numbers["patients"] = 500;
    options.numbers["events"] = 5000;
  }
  Report report("scale");
  ScaleBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
