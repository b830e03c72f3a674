// What can be done with the history alone, and how fast: verify its chains, build the read model
// from nothing, rebuild it beside the live one and compare.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "audit/audit.h"
#include "fill.h"
#include "lab_server.h"
#include "measure.h"
#include "readmodel/read_model.h"
#include "report.h"
#include "store/sqlite/engine.h"

namespace pim::bench {
namespace {

using load::Clock;

std::chrono::nanoseconds own_user_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec);
}

struct Timed {
  std::vector<double> rates;        // events a second
  std::vector<double> user_micros;  // an event
  Result<void, std::string> run(std::uint64_t events,
                                const std::function<Result<void, std::string>()>& work) {
    const auto user_before = own_user_time();
    const auto started = Clock::now();
    if (auto done = work(); !done) return done;
    const auto count = static_cast<double>(events);
    rates.push_back(count / std::chrono::duration<double>(Clock::now() - started).count());
    user_micros.push_back(
        std::chrono::duration<double, std::micro>(own_user_time() - user_before).count() / count);
    return {};
  }
};

class ReplayBench {
 public:
  explicit ReplayBench(const Options& options) : options_(options), scratch_(options.directory) {}

  Result<void, std::string> run(Report& report) {
    auto filled = fill_store({scratch_.path("data"), 1, options_.numbers.at("events"), nullptr});
    if (!filled) return Err{std::move(filled.error())};
    progress("filled with " + std::to_string(filled->events) + " events");
    store::sqlite::SqliteOptions store_options;
    store_options.directory = scratch_.path("data");
    auto store = store::sqlite::open_sqlite_store(store_options);
    if (!store) return Err{std::move(store.error().message)};
    store_ = std::move(store).value();

    for (std::uint32_t i = 0; i < options_.rounds; ++i) {
      progress("round " + std::to_string(i + 1) + " of " + std::to_string(options_.rounds));
      if (auto done = round(filled->events); !done) return done;
    }
    report.number("events", static_cast<double>(filled->events), "", "events in the history");
    report.spread("verify_events_per_second", spread_of(verify_.rates), "/s",
                  "audit verify: every hash, position, version and receipt");
    report.spread("verify_user_us", spread_of(verify_.user_micros), "us", "user CPU an event");
    report.spread("build_events_per_second", spread_of(build_.rates), "/s",
                  "read model built from nothing");
    report.spread("build_user_us", spread_of(build_.user_micros), "us", "user CPU an event");
    report.spread("rebuild_events_per_second", spread_of(rebuild_.rates), "/s",
                  "read model rebuilt beside the live one and compared row by row");
    report.spread("rebuild_user_us", spread_of(rebuild_.user_micros), "us", "user CPU an event");
    report.number("rows_compared", static_cast<double>(rows_), "", "rows compared, all alike");
    report.machine(describe_machine(scratch_.path()), noise_);
    return {};
  }

 private:
  Result<void, std::string> round(std::uint64_t events) {
    if (auto done = verify_.run(events, [this] { return verify(); }); !done) return done;
    if (auto done = build_.run(events, [this] { return build(); }); !done) return done;
    if (auto done = rebuild_.run(events, [this] { return rebuild(); }); !done) return done;
    model_.reset();
    std::filesystem::remove_all(scratch_.path("readmodel"));
    return {};
  }

  Result<void, std::string> verify() {
    auto reader = store_->open_reader();
    if (!reader) return Err{std::move(reader.error().message)};
    auto report = audit::verify(**reader, {});
    if (!report) return Err{std::move(report.error().message)};
    if (!report->intact()) {
      return Err{"verify: " + report->findings[0].where + " " + report->findings[0].what};
    }
    return {};
  }

  Result<void, std::string> build() {
    std::filesystem::create_directories(scratch_.path("readmodel"));
    readmodel::ReadModelOptions options;
    options.directory = scratch_.path("readmodel");
    auto model = readmodel::ReadModel::open(*store_, options);
    if (!model) return Err{std::move(model.error().message)};
    model_ = std::move(model).value();
    if (!model_->catch_up(Clock::now() + std::chrono::hours(1))) {
      return Err{std::string("the read model does not catch up")};
    }
    return {};
  }

  Result<void, std::string> rebuild() {
    auto report = model_->rebuild(false);
    if (!report) return Err{std::move(report.error().message)};
    if (!report->differences.empty()) return Err{"rebuild differs: " + report->differences[0]};
    rows_ = report->rows_compared;
    return {};
  }

  const Options& options_;
  Scratch scratch_;
  NoiseMeter noise_;
  std::unique_ptr<store::EventStore> store_;
  std::unique_ptr<readmodel::ReadModel> model_;
  Timed verify_;
  Timed build_;
  Timed rebuild_;
  std::uint64_t rows_ = 0;
};

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  using namespace pim::bench;
  auto options = parse_options(argc, argv,
                               "Verify and rebuild from the history alone.\n"
                               "Example: bench_replay --json --events 500000",
                               {{"events", 300'000}});
  if (options.smoke) {
    options.rounds = 1;
    options.numbers["events"] = 5000;
  }
  Report report("replay");
  ReplayBench bench(options);
  if (auto done = bench.run(report); !done) {
    std::fprintf(stderr, "%s\n", done.error().c_str());
    return 3;
  }
  return conclude(report, options);
}
