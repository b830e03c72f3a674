#include "ours.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "load/run/runner.h"
#include "telemetry/metrics.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

class EvenArrivals : public load::Arrivals {
 public:
  explicit EvenArrivals(double rate) : rate_(rate) {}
  std::optional<nanoseconds> next() override {
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(next_++) * 1e9 / rate_));
  }

 private:
  double rate_;
  std::uint64_t next_ = 0;
};

// Reads of one chart. It keeps the latency from the send, which the runner does not.
class OneChart : public load::Source {
 public:
  std::size_t operation(std::uint64_t) override { return kOperation; }
  void prepare(std::uint64_t number, load::Ask& ask) override {
    ask.operation = kOperation;
    ask.method = "GET";
    ask.path = "/v1/patients/00000000-0000-7000-8000-000000000001";
    ask.request_id = "truth-" + std::to_string(number);
    ask.user = 0;
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(sent_.size()));
      sent_.emplace_back();
    }
    ask.place = free_.back();
    free_.pop_back();
    sent_[ask.place] = load::Clock::now();  // it is prepared when a connection is free for it
  }
  void ended(load::Ask& ask, const load::Answer& answer) override {
    from_send_.record(load::Clock::now() - sent_[ask.place]);
    free_.push_back(ask.place);
    if (answer.ending != load::Ending::ok) ++bad_;
  }
  const load::Histogram& from_send() const { return from_send_; }
  std::uint64_t bad() const { return bad_; }

 private:
  static constexpr std::size_t kOperation = load::operation_of("get-chart");
  static_assert(kOperation < load::kOperations.size());
  std::vector<load::Deadline> sent_;
  std::vector<std::uint32_t> free_;
  load::Histogram from_send_;
  std::uint64_t bad_ = 0;
};

}  // namespace

Result<OurFigures, std::string> run_ours(const OurRun& run) {
  const std::string file = run.directory + "/history";
  std::filesystem::remove(file);
  auto history = load::HistoryWriter::create(file);
  if (!history) return Err{"ours: " + history.error()};
  telemetry::Registry registry;
  load::LiveBoard board;
  load::RunMetrics metrics(registry, board, nullptr);
  OneChart source;
  EvenArrivals arrivals(run.rate);
  load::RunOptions options;
  options.port = run.port;
  options.users = {{"bench", "none"}};
  options.connections = run.connections;
  options.duration = run.duration;
  if (run.rate <= 0) {
    options.closed = load::ClosedModel{.clients = static_cast<std::uint32_t>(run.connections)};
  }
  options.timeout = 60s;
  options.deadline = 60s;
  const auto result = load::run_load(options, {.source = source,
                                               .history = *history,
                                               .metrics = metrics,
                                               .board = board,
                                               .arrivals = run.rate > 0 ? &arrivals : nullptr});
  if (!result) return Err{"ours: " + result.error()};
  OurFigures figures;
  std::uint64_t others = source.bad();
  for (const auto& operation : result->operations) {
    figures.latency.merge(operation.after.ok_latency);
    others += operation.after.failed;
  }
  if (others > 0) return Err{"ours: " + std::to_string(others) + " requests were not answered 200"};
  figures.from_send = source.from_send();
  figures.answered = figures.latency.count();
  figures.per_second = static_cast<double>(figures.answered) /
                       std::chrono::duration<double>(result->elapsed).count();
  figures.cpu = result->generator.cpu;
  figures.cpu_micros = result->generator.cpu_micros_per_attempt;
  figures.bottlenecks = result->generator.bottlenecks;
  return figures;
}

}  // namespace pim::bench
