// What the profiler costs: the same computation with and without somebody recording at 100 Hz, by
// the CPU time of the whole process, so what finds threads, counts samples and names addresses is
// in it. bench_telemetry has the server's side.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "measure.h"
#include "options.h"
#include "report.h"
#include "telemetry/current_span.h"
#include "telemetry/pprof.h"
#include "telemetry/profiler.h"

namespace pim::bench {
namespace {

constexpr int kDepth = 40;  // frames, about what a request's stack has
constexpr double kGoal = 1.02;

[[gnu::noinline]] std::uint64_t descend(int depth, std::uint64_t x) {
  if (depth > 0) return descend(depth - 1, x + 1) ^ static_cast<std::uint64_t>(depth);
  for (int i = 0; i < 2000; ++i) x = x * 6364136223846793005U + (x >> 29U);
  return x;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class ProfileBench {
 public:
  explicit ProfileBench(const Options& options)
      : options_(options),
        profiler_(telemetry::Profiler::start(
            {.hz = static_cast<std::uint32_t>(options.numbers.at("hz"))})) {}

  bool run(Report& report) {
    if (!profiler_) return false;
    descents_ = 1000;
    while (turn(false) < options_.seconds) descents_ *= 2;  // of CPU time, by all threads
    for (std::uint32_t i = 0; i < options_.rounds; ++i) {
      // off on on off, so that a machine that grows slower or faster favours nobody
      const double off = turn(false);
      const double on = turn(true) + turn(true);
      ratios_.push_back(on / (off + turn(false)));
      char line[60];
      std::snprintf(line, sizeof line, "  with / without: %.4f", ratios_.back());
      progress(line);
    }
    const Spread ratio = spread_of(ratios_);
    report.spread("ratio", ratio, "", "CPU time with the profiler / without, round by round");
    report.number("samples", static_cast<double>(profiler_->stats().samples), "", "taken");
    report.number("dropped", static_cast<double>(profiler_->stats().dropped_ring), "",
                  "for which there was no room");
    report.number("pprof_kib", static_cast<double>(bytes_) / 1024, "KiB", "the last profile");
    report.machine(describe_machine(options_.directory), noise_);
    report.goal("goal_cost", ratio.median <= kGoal, "the profiler takes at most 2 %");
    return true;
  }

 private:
  // The CPU time of one computation.
  double turn(bool profiled) {
    const double before = cpu_seconds();
    std::optional<telemetry::Profiler::Recording> recording;
    if (profiled) recording.emplace(*profiler_);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(2U, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([this] {
        const telemetry::SpanScope scope(telemetry::TraceContext::root());
        std::uint64_t x = 1;
        for (std::uint64_t n = 0; n < descents_; ++n) x = descend(kDepth, x);
        sink_.fetch_add(x, std::memory_order_relaxed);
      });
    }
    for (auto& thread : threads) thread.join();
    if (recording) bytes_ = telemetry::encode_pprof(recording->take(), symbolizer_).size();
    return cpu_seconds() - before;
  }

  const Options& options_;
  const std::unique_ptr<telemetry::Profiler> profiler_;
  telemetry::Symbolizer symbolizer_;
  NoiseMeter noise_;
  std::uint64_t descents_ = 0;
  std::atomic<std::uint64_t> sink_{0};
  std::size_t bytes_ = 0;
  std::vector<double> ratios_;
};

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(argc, argv,
                               "A computation with the profiler on against off, by CPU time.\n"
                               "Example: bench_profile --rounds 15 --seconds 4",
                               {{"hz", 100}});
  if (options.smoke) {
    options.rounds = 1;
    options.seconds = 1;
  }
  Report report("profile");
  ProfileBench bench(options);
  if (!bench.run(report)) {
    std::fprintf(stderr, "SIGPROF has another handler\n");
    return 3;
  }
  return conclude(report, options);
}
