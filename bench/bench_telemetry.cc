// What telemetry costs: durable writes over HTTP at the peak, of a server with everything on
// (spans, logs, profiles, and /metrics scraped as the Collector does) against one with everything
// off.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "lab_server.h"
#include "load/loopback_testing.h"
#include "measure.h"
#include "report.h"
#include "traffic.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kConnections = 64;
constexpr auto kScrapeEvery = 5s;  // as observability/collector does
constexpr double kGoal = 0.95;

// A back end that keeps nothing: it takes all, refuses all, or never answers.
class Sink {
 public:
  enum class Mode : std::uint8_t { take, refuse, hang };
  explicit Sink(Mode mode)
      : server_([this, mode](const std::string& request, std::size_t) -> load::ScriptedReply {
          bytes_ += request.size();
          using Then = load::ScriptedReply::Then;
          if (mode == Mode::hang) return {"", Then::hang};
          if (mode == Mode::take) return {load::ok_reply(""), Then::keep};
          return {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Then::keep};
        }) {}
  std::uint16_t port() const { return server_.port(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::atomic<std::uint64_t> bytes_{0};
  load::LoopbackServer server_;
};

// Reads /metrics until it ends.
class Scraper {
 public:
  explicit Scraper(LabServer& server)
      : thread_([this, &server](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!stop.stop_requested()) {
            (void)server.metric("pim_ready");
            stopped_.wait_for(lock, stop, kScrapeEvery, [] { return false; });
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

// A server and the sessions that write to it.
struct Arm {
  std::unique_ptr<LabServer> server;
  std::unique_ptr<CommandTraffic> traffic;
  bool scraped = false;
  std::vector<double> rates, cpu_micros;
  load::Histogram latency;
};

class TelemetryBench {
 public:
  explicit TelemetryBench(const Options& options)
      : options_(options),
        scratch_(options.directory),
        reference_(1, start_time(), 8, 64),
        sink_(static_cast<Sink::Mode>(std::min<std::uint64_t>(2, options.numbers.at("sink")))) {}
  Result<void, std::string> run(Report& report);

 private:
  static UtcMillis start_time() { return {static_cast<std::int64_t>(std::time(nullptr)) * 1000}; }
  Result<void, std::string> start(Arm& arm, const std::string& name,
                                  std::vector<std::string> arguments);
  Result<double, std::string> measure(Arm& arm);
  Result<void, std::string> round();
  void fill(Report& report);
  std::string endpoint(const char* option) const {
    const auto port = options_.numbers.at(option);
    return "http://127.0.0.1:" + std::to_string(port == 0 ? sink_.port() : port);
  }

  const Options& options_;
  Scratch scratch_;
  load::ReferenceData reference_;
  NoiseMeter noise_;
  Sink sink_;
  Arm off_, on_;
  std::vector<double> ratios_;
  std::vector<double> cpu_ratios_;
};

Result<void, std::string> TelemetryBench::start(Arm& arm, const std::string& name,
                                                std::vector<std::string> arguments) {
  auto server = LabServer::start(options_, scratch_, scratch_.path(name), std::move(arguments));
  if (!server) return Err{std::move(server.error())};
  arm.server = std::move(server).value();
  if (auto prepared = arm.server->prepare(reference_); !prepared) return prepared;
  load::WorkloadOptions workload;
  workload.seed = static_cast<std::uint64_t>(start_time().value);
  workload.start = start_time();
  arm.traffic = std::make_unique<CommandTraffic>(
      workload, reference_, kConnections,
      load::shared_headers("127.0.0.1", arm.server->port(), arm.server->token()));
  return {};
}

Result<double, std::string> TelemetryBench::measure(Arm& arm) {
  const auto before = cpu_time_of(arm.server->pid());
  std::optional<Scraper> scraper;
  if (arm.scraped) scraper.emplace(*arm.server);
  const auto report =
      load::drive(*arm.traffic, {.port = arm.server->port(),
                                 .connections = kConnections,
                                 .warm_up = 500ms,
                                 .duration = std::chrono::seconds(options_.seconds)});
  scraper.reset();
  if (!report) return Err{report.error()};
  if (arm.traffic->refused() > 0) {
    return Err{"a command was refused: " + arm.traffic->first_refusal()};
  }
  if (report->failed > 0) return Err{std::to_string(report->failed) + " requests got no answer"};
  if (auto done = arm.server->catch_up(60s); !done) return Err{std::move(done.error())};
  const auto after = cpu_time_of(arm.server->pid());
  const std::chrono::duration<double, std::micro> cpu =
      (after.user - before.user) + (after.system - before.system);
  arm.cpu_micros.push_back(cpu.count() /
                           static_cast<double>(std::max<std::uint64_t>(1, report->answered)));
  arm.latency.merge(report->latency);
  return report->ok_per_second();
}

// off on on off, so that a machine that grows slower or faster favours nobody.
Result<void, std::string> TelemetryBench::round() {
  double off = 0;
  double on = 0;
  for (Arm* arm : {&off_, &on_, &on_, &off_}) {
    auto rate = measure(*arm);
    if (!rate) return Err{std::move(rate.error())};
    (arm == &on_ ? on : off) += *rate / 2;
  }
  off_.rates.push_back(off);
  on_.rates.push_back(on);
  ratios_.push_back(on / off);
  const auto last_two = [](const Arm& arm) {
    return *(arm.cpu_micros.end() - 2) + arm.cpu_micros.back();
  };
  cpu_ratios_.push_back(last_two(on_) / last_two(off_));
  char line[120];
  std::snprintf(line, sizeof line, "  off %.0f/s, on %.0f/s: %.3f", off, on, on / off);
  progress(line);
  return {};
}

void TelemetryBench::fill(Report& report) {
  const auto ratio = spread_of(ratios_);
  report.spread("ratio", ratio, "", "writes with telemetry / without, round by round");
  report.spread("cpu_ratio", spread_of(cpu_ratios_), "",
                "server's CPU a request with / without, round by round");
  report.spread("on_per_second", spread_of(on_.rates), "/s", "everything on, 64 connections");
  report.spread("off_per_second", spread_of(off_.rates), "/s", "compiled in, off");
  report.spread("on_cpu_us", spread_of(on_.cpu_micros), "us", "server's CPU a request, on");
  report.spread("off_cpu_us", spread_of(off_.cpu_micros), "us", "server's CPU a request, off");
  report.latency("on", on_.latency, "latency at the peak, on");
  report.latency("off", off_.latency, "latency at the peak, off");
  if (const auto sent = on_.server->metric("pim_spans_sent_total")) {
    report.number("spans_sent", *sent, "", "spans that the back end took");
  }
  report.number("sink_mib", static_cast<double>(sink_.bytes()) / 1048576, "MiB",
                "what the bench's own back end was sent");
  report.machine(describe_machine(scratch_.path()), noise_);
  report.goal("goal_cost", ratio.median >= kGoal, "telemetry takes at most 5 % of the peak");
}

Result<void, std::string> TelemetryBench::run(Report& report) {
  if (auto done = start(off_, "off", {"--profile-hz", "0"}); !done) return done;
  on_.scraped = true;
  if (auto done = start(on_, "on",
                        {"--otlp-endpoint", endpoint("otlp-port"), "--pyroscope-endpoint",
                         endpoint("pyroscope-port")});
      !done) {
    return done;
  }
  for (std::uint32_t i = 0; i < options_.rounds; ++i) {
    progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
    if (auto done = round(); !done) return done;
  }
  fill(report);
  if (auto done = off_.server->stop(); !done) return done;
  return on_.server->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(
      argc, argv,
      "Durable writes over HTTP with telemetry on against off.\n"
      "Example: bench_telemetry --rounds 15 --seconds 2: short turns, so that both meet the same "
      "noise\n"
      "--otlp-port and --pyroscope-port name real ones on this machine; 0: the bench's own sink,\n"
      "which takes all (--sink 0), answers 503 (1) or never answers (2).",
      {{"otlp-port", 0}, {"pyroscope-port", 0}, {"sink", 0}});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
  }
  Report report("telemetry");
  TelemetryBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
