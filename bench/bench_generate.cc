// Rows a second of `pim data generate` on one core, beside a writer that only copies rows of the
// same bytes through the same output path: what the disk, the hash and memcpy leave as the limit.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include "data/generate/block_source.h"
#include "data/generate/ordered_output.h"
#include "data/generate/table_files.h"
#include "domain/result.h"
#include "lab_server.h"
#include "measure.h"
#include "options.h"
#include "report.h"

namespace pim::bench {
namespace {

using namespace data::generate;

constexpr std::uint64_t kEncountersAPatient = 66;  // at least

Plan plan_of(std::uint64_t encounters) {
  Plan plan;
  plan.patients = std::max<std::uint64_t>(100, encounters / kEncountersAPatient);
  plan.seed = 1;
  return plan;
}

// The blocks of another source, made once; each is then copied out row by row, again and again.
class CopiedBlocks final : public BlockSource {
 public:
  CopiedBlocks(const BlockSource& source, std::uint64_t first, std::uint64_t kept)
      : count_(source.count() - first) {
    for (std::uint64_t i = 0; i < std::min(kept, count_); ++i) {
      auto& block = blocks_.emplace_back();
      source.make(first + i, block.texts, [] { return true; });
      for (std::size_t t = 0; t < kTableCount; ++t) {
        std::string_view rest = block.texts.of[t].view();
        while (!rest.empty()) {
          const std::size_t size = rest.find('\n') + 1;
          block.row_sizes[t].push_back(static_cast<std::uint32_t>(size));
          rest.remove_prefix(size);
        }
      }
    }
  }
  std::uint64_t count() const override { return count_; }
  void make(std::uint64_t block, Texts& texts, const Flush&) const override {
    const Kept& kept = blocks_[block % blocks_.size()];
    for (std::size_t t = 0; t < kTableCount; ++t) {
      std::string_view rest = kept.texts.of[t].view();
      for (const std::uint32_t size : kept.row_sizes[t]) {
        texts.of[t].append(rest.substr(0, size));
        rest.remove_prefix(size);
        ++texts.rows[t];
      }
    }
  }

 private:
  struct Kept {
    Texts texts;
    std::array<std::vector<std::uint32_t>, kTableCount> row_sizes;
  };
  std::uint64_t count_;
  std::vector<Kept> blocks_;
};

struct Run {
  double rows = 0;
  double rows_a_cpu_second = 0;  // user and system: what one core does, whoever else is on it
  double rows_a_second = 0;      // by the clock: the disk and the neighbours count too
  double bytes_per_row = 0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<Run, std::string> run_once(const BlockSource& source, std::uint64_t first,
                                  const std::string& directory, bool hash, unsigned threads = 1) {
  std::filesystem::create_directories(directory);
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = cpu_seconds();
  auto files = TableFiles::create(directory, FileKind::csv, hash);
  if (!files) return Err{files.error().message};
  const bool done = write_in_order(source, first, source.count(), threads,
                                   [&](const Texts& texts) { return (*files)->write(texts); });
  if (!done) return Err{(*files)->problem().value_or(TableFiles::Problem{}).message};
  const auto rows = static_cast<double>((*files)->rows());
  const auto bytes = static_cast<double>((*files)->bytes());
  if (auto finished = (*files)->finish(); !finished) return Err{finished.error().message};
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu = cpu_seconds() - cpu_begin;
  std::filesystem::remove_all(directory);
  return Run{rows, rows / cpu, rows / seconds, bytes / rows};
}

// In a process of its own, so that nothing but the generation counts. Into /dev/null: the files of
// ten million encounters have 15 GB, and the page cache is nobody's resident memory.
struct Peak {
  double mib = 0;
  double encounters = 0;
};
Result<Peak, std::string> peak_memory(std::uint64_t encounters, unsigned threads) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) return Err{std::string("no pipe")};
  const pid_t child = ::fork();
  if (child < 0) return Err{std::string("no fork")};
  if (child == 0) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const GeneratedBlocks blocks(plan_of(encounters), FileKind::csv);
    double made = 0;
    const bool done = write_in_order(blocks, 0, blocks.count(), threads, [&](const Texts& texts) {
      made += static_cast<double>(texts.rows[static_cast<std::size_t>(TableIndex::encounters)]);
      for (const auto& text : texts.of) {
        const auto view = text.view();
        if (::write(null, view.data(), view.size()) < 0) return false;
      }
      return true;
    });
    if (!done || ::write(pipe_ends[1], &made, sizeof made) != sizeof made) ::_exit(1);
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  Peak peak;
  const bool told = ::read(pipe_ends[0], &peak.encounters, sizeof peak.encounters) ==
                    static_cast<ssize_t>(sizeof peak.encounters);
  ::close(pipe_ends[0]);
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0 || !told) {
    return Err{std::string("the generation for its memory failed")};
  }
  peak.mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return peak;
}

Result<void, std::string> run(const Options& options, Report& report) {
  // first: a child's peak begins with what its parent has
  const auto peak_encounters = options.numbers.at("peak-encounters");
  const auto threads = std::max(1U, static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN)));
  const auto peak = peak_memory(peak_encounters, threads);
  if (!peak) return Err{peak.error()};
  progress("peak memory: " + std::to_string(static_cast<int>(peak->mib)) + " MiB");

  const Scratch scratch(options.directory);
  const NoiseMeter noise;
  const GeneratedBlocks generated(plan_of(options.numbers.at("encounters")), FileKind::csv);
  // only patients are copied: of references there are few
  const std::uint64_t first = generated.count() - (generated.population().plan().patients +
                                                   GeneratedBlocks::kPatients - 1) /
                                                      GeneratedBlocks::kPatients;
  const CopiedBlocks copied(generated, first, 64);

  std::vector<double> hashed;
  std::vector<double> by_clock;
  std::vector<double> unhashed;
  std::vector<double> copies;
  std::vector<double> copies_hashed;
  std::vector<double> ratios;
  std::vector<double> ratios_hashed;
  double bytes_per_row = 0;
  double generated_rows = 0;
  for (std::uint32_t i = 0; i < options.rounds; ++i) {
    const auto measure = [&](const BlockSource& source, std::uint64_t from, bool hash,
                             std::vector<double>& rates) -> Result<void, std::string> {
      const auto once = run_once(source, from, scratch.path("files"), hash);
      if (!once) return Err{once.error()};
      rates.push_back(once->rows_a_cpu_second);
      if (&rates == &hashed) by_clock.push_back(once->rows_a_second);
      bytes_per_row = once->bytes_per_row;
      generated_rows = once->rows;
      return {};
    };
    for (const bool hash : {true, false}) {
      if (auto done = measure(copied, 0, hash, hash ? copies_hashed : copies); !done) return done;
      if (auto done = measure(generated, first, hash, hash ? hashed : unhashed); !done) return done;
    }
    ratios.push_back(unhashed.back() / copies.back());
    ratios_hashed.push_back(hashed.back() / copies_hashed.back());
    progress("round " + std::to_string(i + 1) + ": " +
             std::to_string(static_cast<std::uint64_t>(hashed.back())) + " rows/s");
  }

  report.number("bytes_per_row", bytes_per_row, "B", "a row of CSV, on average");
  report.spread("rows_per_second", spread_of(hashed), "/s",
                "rows of all tables a second of CPU, one thread, files with SHA-256");
  report.spread("rows_per_second_by_clock", spread_of(by_clock), "/s",
                "the same by the clock: disk and neighbours count");
  report.spread("rows_per_second_unhashed", spread_of(unhashed), "/s", "without SHA-256");
  report.spread("copied_rows_per_second", spread_of(copies_hashed), "/s",
                "the limit: rows only copied, with SHA-256");
  report.spread("copied_rows_per_second_unhashed", spread_of(copies), "/s", "without SHA-256");
  report.spread("ratio", spread_of(ratios_hashed), "", "generated / copied, with SHA-256");
  report.spread("ratio_unhashed", spread_of(ratios), "", "without SHA-256");
  report.number("peak_encounters", peak->encounters, "", "encounters, made for the peak");
  report.number("peak_rss_mib", peak->mib, "MiB",
                "peak resident memory of that, " + std::to_string(threads) + " threads");
  report.text("synthea_reported", "7.35 patients/s",
              "Synthea, by a user of it (its issue #1515): 10,000,000 in 22,676 minutes, AWS "
              "m5a.2xlarge; another says 1,000 a minute (#776); not measured here");
  report.number("patients_per_second",
                spread_of(hashed).median / generated_rows *
                    static_cast<double>(generated.population().plan().patients),
                "/s", "ours a second of CPU, with all their rows");
  report.machine(describe_machine(scratch.path()), noise);
  report.goal("goal_rate", spread_of(hashed).median >= 1'000'000, "1,000,000 rows/s a core");
  report.goal("goal_memory", peak->mib <= 200, "at most 200 MiB at 10,000,000 encounters");
  return {};
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(argc, argv,
                               "Generated rows a second on one core, beside rows only copied.\n"
                               "Example: bench_generate --json --rounds 7",
                               {{"encounters", 400'000}, {"peak-encounters", 10'000'000}});
  if (options.smoke) {
    options.rounds = 1;
    options.numbers["encounters"] = 20'000;
    options.numbers["peak-encounters"] = 20'000;
  }
  Report report("generate");
  if (auto done = run(options, report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
