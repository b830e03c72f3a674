// How long `pim load check` takes for a history of N operations and in how much memory, beside the
// limit: simdjson alone, reading every line of the same export once on one core.
#include <simdjson.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "lab_server.h"
#include "load/history/check.h"
#include "made_run.h"
#include "measure.h"
#include "options.h"
#include "report.h"

namespace pim::bench {
namespace {

// What a child process did.
struct Timed {
  double seconds = 0;      // by the clock
  double cpu_seconds = 0;  // user and system
  double peak_mib = 0;
  std::uint64_t count = 0;  // what `work` returned
};

// In a process of its own, so that its peak is its own. 0 from `work` is a failure, and was told.
Result<Timed, std::string> in_child(const std::function<std::uint64_t()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return Err{std::string("no pipe")};
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) return Err{std::string("no fork")};
  if (child == 0) {
    const std::uint64_t count = work();
    ::_exit(::write(ends[1], &count, sizeof count) == sizeof count ? 0 : 1);
  }
  ::close(ends[1]);
  Timed timed;
  const bool told = ::read(ends[0], &timed.count, sizeof timed.count) == sizeof timed.count;
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0 || !told || timed.count == 0) {
    return Err{std::string("it failed")};
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  timed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  timed.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  timed.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return timed;
}

// The lines that have a kind.
std::uint64_t parse_all(const std::string& file) {
  std::FILE* in = std::fopen(file.c_str(), "rb");
  if (in == nullptr) return 0;
  constexpr std::size_t kBlock = 4UL * 1024 * 1024;
  std::vector<char> buffer(kBlock + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  std::uint64_t lines = 0;
  std::size_t kept = 0;
  while (const auto got = std::fread(buffer.data() + kept, 1, kBlock - kept, in)) {
    const std::string_view text(buffer.data(), kept + got);
    std::size_t at = 0;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', at)) {
      simdjson::ondemand::document line;
      std::string_view kind;
      if (parser.iterate(buffer.data() + at, end - at, buffer.size() - at).get(line) ==
              simdjson::SUCCESS &&
          line["kind"].get(kind) == simdjson::SUCCESS) {
        ++lines;
      }
      at = end + 1;
    }
    kept = text.size() - at;
    std::copy_n(buffer.data() + at, kept, buffer.data());
  }
  std::fclose(in);
  return lines;
}

// How many acknowledgements it checked; 0 where it finds anything.
std::uint64_t check(const std::string& history, const std::string& stored) {
  const auto report = load::check_history(history, stored);
  if (!report) {
    std::fprintf(stderr, "%s\n", report.error().c_str());
    return 0;
  }
  if (report->clean() && report->whole) return report->acknowledged;
  std::fputs(to_text(*report).c_str(), stderr);
  return 0;
}

double bytes_of(const std::string& file) {
  return static_cast<double>(std::filesystem::file_size(file));
}

Result<void, std::string> run(const Options& options, Report& report) {
  const Scratch scratch(options.directory);
  ::setenv("TMPDIR", scratch.path().c_str(), 1);  // what the check spills is on the same disk
  const NoiseMeter noise;
  const auto history = scratch.path("history.bin");
  const auto stored = scratch.path("export.jsonl");
  progress("making the run");
  const std::uint64_t operations = options.numbers.at("operations");
  const auto made = in_child([&] {
    const auto commands = make_run(
        operations, static_cast<unsigned>(options.numbers.at("reads-percent")), history, stored);
    if (!commands) std::fprintf(stderr, "%s\n", commands.error().c_str());
    return commands ? *commands : 0;
  });
  if (!made) return Err{"making the run: " + made.error()};

  std::vector<double> seconds;
  std::vector<double> cpu;
  std::vector<double> parses;
  std::vector<double> ratios;
  double peak = 0;
  for (std::uint32_t i = 0; i < options.rounds; ++i) {
    const auto parsed = in_child([&] { return parse_all(stored); });
    if (!parsed) return Err{"parsing the export: " + parsed.error()};
    const auto checked = in_child([&] { return check(history, stored); });
    if (!checked) return Err{"the check: " + checked.error()};
    if (checked->count != made->count) {
      return Err{"the check saw " + std::to_string(checked->count) + " acknowledgements of " +
                 std::to_string(made->count)};
    }
    seconds.push_back(checked->seconds);
    cpu.push_back(checked->cpu_seconds);
    parses.push_back(parsed->cpu_seconds);
    ratios.push_back(checked->cpu_seconds / parsed->cpu_seconds);
    peak = std::max(peak, checked->peak_mib);
    progress("round " + std::to_string(i + 1) + ": " + std::to_string(checked->seconds) + " s");
  }

  const auto spread = spread_of(seconds);
  report.number("operations", static_cast<double>(operations), "", "calls in the history");
  report.number("commands", static_cast<double>(made->count), "",
                "of them acknowledged writes, each with its event and its receipt");
  report.number("history_bytes_per_call", bytes_of(history) / static_cast<double>(operations), "B",
                "a call in the history");
  report.number("export_mib", bytes_of(stored) / (1024.0 * 1024), "MiB", "the export");
  report.spread("check_seconds", spread, "s", "the check, by the clock, on all cores");
  report.spread("check_cpu_seconds", spread_of(cpu), "s", "the check's CPU, all threads");
  const double rate = static_cast<double>(operations) / spread.median;
  report.number("operations_per_second", rate, "/s", "by the clock");
  report.spread("parse_cpu_seconds", spread_of(parses), "s",
                "the limit: simdjson reads the kind of every line of the export, one core");
  report.spread("ratio", spread_of(ratios), "", "CPU of the check / of that");
  report.number("peak_rss_mib", peak, "MiB", "peak resident memory of the check");
  report.machine(describe_machine(scratch.path()), noise);
  report.goal("goal_rate", rate >= 10'000'000.0 / 60, "10,000,000 operations in 60 s");
  report.goal("goal_memory", peak <= 1024, "at most 1 GiB");
  return {};
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options =
      parse_options(argc, argv,
                    "The check of a history of calls, beside simdjson alone on the same export.\n"
                    "Example: bench_check --operations 10000000 --rounds 1",
                    {{"operations", 1'000'000}, {"reads-percent", 50}});
  if (options.smoke) {
    options.rounds = 1;
    options.numbers["operations"] = 20'000;
  }
  Report report("check");
  if (auto done = run(options, report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
