#include "pressed.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "domain/ids_text.h"
#include "load/run/runner.h"
#include "telemetry/metrics.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kAmend = load::operation_of("amend-patient");
constexpr std::size_t kRegister = load::operation_of("register-patient");
static_assert(kAmend < load::kOperations.size() && kRegister < load::kOperations.size());

std::size_t second_of(nanoseconds time) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, time / 1s));
}

std::int64_t unix_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::uint64_t next_run() {
  static std::atomic<std::uint64_t> runs{0};
  return ++runs;
}

class PhasedArrivals : public load::Arrivals {
 public:
  explicit PhasedArrivals(std::vector<Phase> phases) : phases_(std::move(phases)) {}
  std::optional<nanoseconds> next() override {
    while (phase_ < phases_.size()) {
      const auto& phase = phases_[phase_];
      const nanoseconds at(
          static_cast<std::int64_t>(static_cast<double>(number_++) * 1e9 / phase.rate));
      if (at < phase.length) return began_ + at;
      began_ += phase.length;
      number_ = 0;
      ++phase_;
    }
    return std::nullopt;
  }

 private:
  const std::vector<Phase> phases_;
  std::size_t phase_ = 0;
  std::uint64_t number_ = 0;
  nanoseconds began_{0};
};

class AmendSource : public load::Source {
 public:
  explicit AmendSource(const std::vector<Uuid>& patients) : patients_(patients) {}

  // Asked only of what is never sent, as too many wait already.
  std::size_t operation(std::uint64_t) override {
    auto& now = second(began_ ? load::Clock::now() - *began_ : nanoseconds(0));
    ++now.due;
    ++now.failed;
    return kAmend;
  }
  void prepare(std::uint64_t number, load::Ask& ask) override {
    if (!began_) began_ = load::Clock::now() - ask.due;
    const Uuid& patient = patients_[number % patients_.size()];
    ask.operation = kAmend;
    ask.method = "PATCH";
    ask.path = "/v1/patients/" + patient.to_string();
    // Always another than before, also where a retry comes late: 1,600 pairs of place and year, and
    // each run begins elsewhere.
    const std::uint64_t round = number / patients_.size();
    ask.body = R"({"birth_year":)" + std::to_string(1940 + (round / 20 + 37 * run_) % 80) +
               R"(,"zip3":"4)" + std::to_string(30 + round % 20) + R"("})";
    ask.request_id = uuid_v7(start_ms_, run_, number).to_string();
    ask.stream = patient;
    ask.if_match.reset();
    ask.user = 0;
    second(ask.due).due++;
  }
  void ended(load::Ask& ask, const load::Answer& answer) override {
    const auto now = load::Clock::now() - began_.value_or(load::Clock::now());
    if (answer.ending == load::Ending::ok) {
      ++second(now).good;
      auto& asked = second(ask.due);
      if (ask.attempts == 1) {
        asked.admitted.record(now - ask.due);
        asked.served.record(now - ask.first_sent);
      }
      asked.good_after.record(now - ask.due);
    } else {
      ++second(ask.due).failed;
    }
  }

  std::vector<PressedSecond> take_seconds() { return std::move(seconds_); }

 private:
  PressedSecond& second(nanoseconds time) {
    const auto index = second_of(time);
    while (seconds_.size() <= index) seconds_.emplace_back();
    return seconds_[index];
  }

  const std::vector<Uuid>& patients_;
  const std::uint64_t run_ = next_run();  // so that no two share a request id
  const std::int64_t start_ms_ = unix_ms();
  std::optional<load::Deadline> began_;
  std::vector<PressedSecond> seconds_;
};

class RegisterSource : public load::Source {
 public:
  explicit RegisterSource(const std::vector<Uuid>& patients) : patients_(patients) {}
  std::size_t operation(std::uint64_t) override { return kRegister; }
  void prepare(std::uint64_t number, load::Ask& ask) override {
    const std::string id = patients_[number % patients_.size()].to_string();
    ask.operation = kRegister;
    ask.method = "POST";
    ask.path = "/v1/patients";
    ask.body =
        R"({"patient_id":")" + id + R"(","birth_year":1970,"sex":"F","state":"OH","zip3":"459"})";
    ask.request_id = id;
    ask.stream = patients_[number % patients_.size()];
    ask.if_match.reset();
    ask.user = 0;
  }
  void ended(load::Ask&, const load::Answer& answer) override {
    if (answer.ending == load::Ending::ok) ++registered_;
  }
  std::size_t registered() const { return registered_; }

 private:
  const std::vector<Uuid>& patients_;
  std::size_t registered_ = 0;
};

// With a history of its own, which nobody looks at.
Result<load::RunResult, std::string> ask(const PressedRun& run, load::Source& source) {
  const std::string file = run.directory + "/pressed-" + std::to_string(next_run());
  std::filesystem::remove(file);
  auto history = load::HistoryWriter::create(file);
  if (!history) return Err{std::move(history.error())};
  telemetry::Registry registry;
  load::LiveBoard board;
  load::RunMetrics metrics(registry, board, nullptr);
  PhasedArrivals arrivals(run.phases);
  load::RunOptions options;
  options.port = run.port;
  options.users = {{"bench", run.token}};
  options.connections = run.connections;
  options.most_waiting = 2 * run.connections;  // a client whose pool is that long gives up at once
  options.duration = run.closed_for;
  for (const auto& phase : run.phases) options.duration += phase.length;
  if (run.phases.empty()) {
    options.closed = load::ClosedModel{.clients = static_cast<std::uint32_t>(run.connections)};
  }
  options.retry = run.retry;
  options.sampled = 0;
  options.read_own_writes = 0;
  auto result = load::run_load(options, {.source = source,
                                         .history = *history,
                                         .metrics = metrics,
                                         .board = board,
                                         .arrivals = run.phases.empty() ? nullptr : &arrivals});
  std::filesystem::remove(file);
  return result;
}

}  // namespace

PressedSecond PressedFigures::sum(std::size_t from, std::size_t to) const {
  PressedSecond all;
  for (std::size_t i = from; i < std::min(to, seconds.size()); ++i) {
    all.due += seconds[i].due;
    all.good += seconds[i].good;
    all.failed += seconds[i].failed;
    all.admitted.merge(seconds[i].admitted);
    all.served.merge(seconds[i].served);
    all.good_after.merge(seconds[i].good_after);
  }
  return all;
}

Result<PressedFigures, std::string> run_pressed(const PressedRun& run) {
  AmendSource source(run.patients);
  auto result = ask(run, source);
  if (!result) return Err{std::move(result.error())};
  PressedFigures figures;
  for (const auto& operation : result->operations) figures.attempts += operation.attempts;
  for (const auto& error : result->errors) {
    if (error.outcome == to_string(load::Ending::rejected)) {
      return Err{"a command was refused: " + error.kind + ": " + error.example};
    }
    if (error.outcome == to_string(load::Ending::shed)) figures.shed += error.attempts;
  }
  figures.seconds = source.take_seconds();
  figures.cpu = result->generator.cpu;
  figures.lag_p99_micros = result->generator.lag.percentile(99);
  return figures;
}

Result<std::vector<Uuid>, std::string> register_patients(const PressedRun& run, std::size_t count) {
  std::vector<Uuid> patients;
  patients.reserve(count);
  const auto run_number = next_run();
  for (std::size_t i = 0; i < count; ++i) patients.push_back(uuid_v7(unix_ms(), run_number, i));
  constexpr double kRate = 1000;
  RegisterSource source(patients);
  PressedRun registration = run;
  registration.patients = patients;
  registration.phases = {{kRate, std::chrono::seconds(static_cast<std::int64_t>(
                                     std::ceil(static_cast<double>(count) / kRate)))}};
  auto result = ask(registration, source);
  if (!result) return Err{std::move(result.error())};
  if (source.registered() < count) {
    return Err{"only " + std::to_string(source.registered()) + " of " + std::to_string(count) +
               " patients could be registered" +
               (result->errors.empty() ? "" : ": " + result->errors.front().example)};
  }
  return patients;
}

}  // namespace pim::bench
