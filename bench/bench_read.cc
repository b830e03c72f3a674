// First pages of charts over the real HTTP API, authenticated and journalled.
#include <cstdio>
#include <ctime>

#include "lab_server.h"
#include "measure.h"
#include "report.h"
#include "traffic.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kConnections = 64;

double micros(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// Patients with histories, written through the front door; returns their ids.
Result<std::vector<Uuid>, std::string> fill_store(LabServer& server, const Options& options) {
  const UtcMillis now{static_cast<std::int64_t>(std::time(nullptr)) * 1000};
  const load::ReferenceData reference(1, now, 8, 64);
  if (auto prepared = server.prepare(reference); !prepared) return Err{std::move(prepared.error())};
  load::WorkloadOptions workload{.seed = 1, .start = now};
  CommandTraffic traffic(workload, reference, kConnections,
                         load::shared_headers("127.0.0.1", server.port(), server.token()));
  const auto seconds = options.smoke ? 1 : options.numbers.at("fill-seconds");
  const auto filled = load::drive(traffic, {.port = server.port(),
                                            .connections = kConnections,
                                            .duration = std::chrono::seconds(seconds)});
  if (!filled) return Err{filled.error()};
  if (auto caught_up = server.catch_up(60s); !caught_up) return Err{std::move(caught_up.error())};
  return traffic.patients();
}

Result<void, std::string> run(const Options& options, Report& report) {
  const Scratch scratch(options.directory);
  const NoiseMeter noise;
  auto server = LabServer::start(options, scratch, scratch.path("data"));
  if (!server) return Err{std::move(server.error())};
  auto patients = fill_store(**server, options);
  if (!patients) return Err{std::move(patients.error())};
  const auto count = patients->size();
  ChartTraffic traffic(std::move(patients).value(), true,
                       load::shared_headers("127.0.0.1", (*server)->port(), (*server)->token()));

  std::vector<double> rates;
  std::vector<double> user;
  std::vector<double> system;
  double client_micros = 0;
  load::Histogram peak;
  for (std::uint32_t i = 0; i < options.rounds; ++i) {
    const auto before = cpu_time_of((*server)->pid());
    const auto driven = load::drive(traffic, {.port = (*server)->port(),
                                              .connections = kConnections,
                                              .duration = std::chrono::seconds(options.seconds)});
    if (!driven) return Err{driven.error()};
    if (driven->failed > 0 || traffic.refused() > 0) return Err{std::string("a read failed")};
    const auto after = cpu_time_of((*server)->pid());
    const auto answered = static_cast<double>(std::max<std::uint64_t>(1, driven->answered));
    rates.push_back(driven->per_second());
    user.push_back(micros(after.user - before.user) / answered);
    system.push_back(micros(after.system - before.system) / answered);
    client_micros = micros(driven->own_cpu) / answered;
    peak.merge(driven->latency);
    progress("round " + std::to_string(i + 1) + ": " +
             std::to_string(static_cast<std::uint64_t>(rates.back())) + "/s");
  }
  const auto rate = spread_of(rates);
  const auto half = load::drive(traffic, {.port = (*server)->port(),
                                          .connections = kConnections,
                                          .warm_up = 1s,
                                          .duration = std::chrono::seconds(options.smoke ? 1 : 10),
                                          .rate = rate.median / 2});
  if (!half) return Err{half.error()};

  report.number("patients", static_cast<double>(count), "", "patients, read with the skew of use");
  report.spread("reads_per_second", rate, "/s", "first pages of charts, 64 connections");
  const auto pages = static_cast<double>(traffic.pages());
  const double large_percent = 100 * static_cast<double>(traffic.large_pages()) / pages;
  report.number("page_bytes", static_cast<double>(traffic.page_bytes()) / pages, "B",
                "a page, on average");
  report.number("large_page_percent", large_percent, "%", "pages beyond 4 KiB");
  report.latency("peak", peak, "latency at the peak, closed loop");
  report.number("half_rate", rate.median / 2, "/s", "half of the peak, open loop");
  report.latency("half", half->latency, "latency at half of the peak, from the intended start");
  report.number("client_cpu_us", client_micros, "us", "the driver's own CPU a request");
  report.spread("user_cpu_us", spread_of(user), "us", "server's user CPU a request");
  report.spread("system_cpu_us", spread_of(system), "us", "server's system CPU a request");
  report.machine(describe_machine(scratch.path()), noise);
  report.goal("goal_rate", rate.median >= 20'000, "20,000 reads/s");
  report.goal("goal_half_p99", half->latency.percentile(99) <= 5000,
              "p99 at half of the peak at most 5 ms");
  report.goal("goal_page", large_percent <= 1, "a page of at most 4 KiB, 99 % of them");
  return (*server)->stop();
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(argc, argv,
                               "First pages of charts over HTTP.\n"
                               "Example: bench_read --json --fill-seconds 20",
                               {{"fill-seconds", 15}});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
  }
  Report report("read");
  if (auto done = run(options, report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
