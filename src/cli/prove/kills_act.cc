#include "cli/prove/kills_act.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "cli/audit_tasks.h"
#include "cli/command.h"
#include "cli/prove/interrupt.h"
#include "cli/prove/keep.h"
#include "cli/prove/kills_evidence.h"
#include "cli/prove/lab_server.h"
#include "cli/prove/probes.h"
#include "cli/prove/recorded_sender.h"
#include "cli/prove/traffic.h"
#include "cli/store_privacy.h"
#include "data/generate/commands.h"
#include "data/importer.h"
#include "data/privacy/verify.h"
#include "domain/calendar.h"
#include "load/history/check.h"
#include "load/history/recorder.h"

namespace pim::cli::prove {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kEntities[] = {"facilities", "providers",  "patients",    "encounters",
                                     "diagnoses",  "procedures", "medications", "billing"};
constexpr milliseconds kPatience{15'000};  // for the last calls of a phase
constexpr std::uint32_t kFacilities = 6;
constexpr std::uint32_t kProviders = 24;
constexpr std::uint64_t kGeneratedPatients = 40;
constexpr std::uint32_t kHotEncounters = 250;

UtcMillis now_utc() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return UtcMillis{std::chrono::duration_cast<milliseconds>(since).count()};
}

}  // namespace

class KillsAct::Play {
 public:
  Play(const KillsOptions& options, Narrator& narrator)
      : options_(options),
        narrator_(narrator),
        run_dir_(fs::absolute(options.out).string() + "/run"),
        reference_(options.seed, load::WorkloadOptions{}.start, kFacilities, kProviders) {}

  // Whatever happened: no server, and the data only where they are to be kept.
  ~Play() {
    traffic_.reset();
    if (server_) server_->kill();
    server_.reset();
    std::error_code ignored;
    if (!kept_) fs::remove_all(run_dir_, ignored);
  }

  Step run(std::vector<Claim>& claims) {
    auto done = all_steps();
    if (!done) {
      std::error_code ignored;
      if (interrupted()) fs::remove(history_file(), ignored);
      return done;
    }
    judge_kills(evidence_, claims);
    return {};
  }

  const KillsReport& report() const { return report_; }

  // A server of its own session on the same data, and what to try on it.
  void keep() {
    const auto token = server_->token("you", "loadgen");
    if (report_.chaos.remembered.empty() || !token) return;
    const auto kept = keep_server(own_program(), server_->data(), server_->keys(), run_dir_);
    if (!kept) {
      fail(kEnvironment, kept.error());
      return;
    }
    kept_ = true;
    std::printf("%s", curl_lines(*kept, *token, auditor_token_,
                                 report_.chaos.remembered.front().command.routing_id)
                          .c_str());
  }

 private:
  Step all_steps() {
    using Method = Step (Play::*)();
    constexpr Method kSteps[] = {
        &Play::prepare, &Play::import_twice, &Play::generate_twice, &Play::under_kills,
        &Play::calm,    &Play::ask_again,    &Play::end_server,     &Play::look_at_files,
    };
    for (const auto step : kSteps) {
      if (interrupted()) return interrupt_stop();
      if (auto done = (this->*step)(); !done) {
        return interrupted() ? Step(interrupt_stop()) : done;
      }
    }
    return {};
  }

  Step prepare() {
    std::error_code problem;
    fs::remove_all(run_dir_, problem);
    fs::create_directories(run_dir_, problem);
    if (problem) return stop("cannot create " + run_dir_ + ": " + problem.message());
    fs::remove(history_file(), problem);

    auto tested = program_with(options_.bug);
    if (!tested) return stop(tested.error());
    server_ = std::make_unique<LabServer>(std::move(*tested), run_dir_);
    if (auto made = server_->make_keys(); !made) return stop(made.error());
    const auto load = server_->token(kLoadUser, "loadgen");
    const auto import = server_->token(kImportUser, "loadgen");
    const auto auditor = server_->token("demo-auditor", "auditor");
    const auto operations = server_->token("demo-operator", "operator");
    for (const auto* token : {&load, &import, &auditor, &operations}) {
      if (!*token) return stop(token->error());
    }
    import_token_ = *import;
    auditor_token_ = *auditor;
    operator_token_ = *operations;
    traffic_options_.seed = options_.seed;
    traffic_options_.connections = options_.connections;
    traffic_options_.rate = options_.rate;
    traffic_options_.user = kLoadUser;
    traffic_options_.token = *load;

    auto history = load::HistoryWriter::create(history_file(), {.started_at = now_utc()});
    if (!history) return stop(history.error());
    history_ = std::make_unique<load::HistoryWriter>(std::move(*history));
    recorder_ = std::make_unique<load::Recorder>(*history_);
    return start_server();
  }

  Step start_server() {
    const auto ready = server_->start();
    if (!ready) return stop(ready.error());
    last_ready_ = *ready;
    return {};
  }

  // The second time around, every command must be known already.
  Step import_twice() {
    narrator_.say("importing the seed: eight Mockaroo tables and two foreign files");
    if (auto done = import_all(report_.import); !done) return done;
    evidence_.import = report_.import;
    return import_all(evidence_.import_again);
  }

  Step import_all(data::ImportReport& total) {
    std::vector<std::string> files;
    for (const auto* entity : kEntities) {
      files.push_back(options_.seed_dir + "/data/" + entity + ".csv");
    }
    if (auto done = import_map("lab.toml", files, total); !done) return done;
    if (auto done = import_map("intake.toml", {options_.seed_dir + "/foreign/intake.csv"}, total);
        !done) {
      return done;
    }
    return import_map("patients-es.toml", {options_.seed_dir + "/foreign/patients-es.csv"}, total);
  }

  Step import_map(const std::string& name, const std::vector<std::string>& files,
                  data::ImportReport& total) {
    const auto mapping = data::load_mapping(options_.seed_dir + "/maps/" + name);
    if (!mapping) return stop(mapping.error().message);
    const auto key = data::load_or_create_key(run_dir_ + "/pseudonym.key");
    if (!key) return stop(key.error().message);
    RecordedSender sender({"127.0.0.1", server_->port(), seconds(10)}, *recorder_, kImportUser,
                          import_token_);
    data::ImportOptions import;
    import.progress = [this](std::string_view step, std::uint64_t done, std::uint64_t all) {
      narrator_.update(done, all, step);
    };
    const auto report = data::import_files(*mapping, *key, files, &sender, import);
    if (!report) return stop(report.error().message);
    total.rows += report->rows;
    total.commands += report->commands;
    total.accepted += report->accepted;
    total.replayed += report->replayed;
    total.refused += report->refused;
    total.identifiers_dropped.insert(report->identifiers_dropped.begin(),
                                     report->identifiers_dropped.end());
    for (const auto& refusal : report->refusals) total.refusals.push_back(refusal);
    return {};
  }

  // Whole histories of ten years, one patient of them hot; sent again, nothing is new.
  Step generate_twice() {
    data::generate::Plan plan;
    plan.patients = kGeneratedPatients;
    plan.seed = options_.seed;
    plan.hot_patients = 1;
    plan.hot_encounters = kHotEncounters;
    narrator_.say("generating " + std::to_string(plan.patients) + " patients' histories into it");
    if (auto done = send_plan(plan, evidence_.generated); !done) return done;
    return send_plan(plan, evidence_.generated_again);
  }

  Step send_plan(const data::generate::Plan& plan, data::generate::SendSummary& summary) {
    data::generate::SendOptions send;
    send.threads = options_.connections;
    send.connect = [this] {
      return std::make_unique<RecordedSender>(
          load::HttpClient("127.0.0.1", server_->port(), seconds(10)), *recorder_, kImportUser,
          import_token_);
    };
    send.progress = [this](std::uint64_t done, std::uint64_t all) {
      narrator_.update(done, all, "facilities, providers and patients");
    };
    const auto sent = data::generate::send_plan(plan, send);
    if (!sent) return stop(sent.error().message);
    summary = *sent;
    return {};
  }

  Step register_reference_data() {
    load::HttpClient client("127.0.0.1", server_->port(), seconds(10));
    const load::Caller caller{0, kLoadUser, traffic_options_.token};
    for (const auto& command : reference_.setup()) {
      load::Response response;
      const auto result = recorder_->send(client, command, caller, &response);
      if (result.outcome == load::CallOutcome::ok) continue;
      if (result.status == 0) return stop(std::string(command.name) + ": the server is away");
      evidence_.refused_setup.push_back(std::string(command.name) + ": " +
                                        std::to_string(result.status) + " " + response.body);
    }
    return {};
  }

  // Kills at moments spread over the phase, each a little off an even distance.
  Step under_kills() {
    if (auto done = register_reference_data(); !done) return done;
    narrator_.say("load on: " + std::to_string(options_.connections) + " connections, " +
                  std::to_string(options_.kills) + " SIGKILLs to come");
    std::mt19937_64 random(options_.seed);
    traffic_ = std::make_unique<Traffic>(traffic_options_, *server_, *recorder_, reference_);
    zero_ = Clock::now();
    traffic_->start(zero_);
    const auto distance = options_.under_kills / static_cast<double>(options_.kills + 1);
    for (std::uint32_t i = 1; i <= options_.kills; ++i) {
      const auto jitter = milliseconds(static_cast<int>(random() % 700) - 350);
      const auto at = zero_ + std::chrono::duration_cast<Clock::duration>(distance * i) + jitter;
      if (!watch_until(at)) return interrupt_stop();
      if (auto done = kill_and_restart(); !done) return done;
    }
    if (!watch_until(zero_ + options_.under_kills)) return interrupt_stop();
    report_.chaos = traffic_->stop(kPatience);
    note_outages();
    return {};
  }

  bool watch_until(Clock::time_point until) {
    while (Clock::now() < until) {
      const auto elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - zero_).count();
      const auto all = std::chrono::duration_cast<milliseconds>(options_.under_kills).count();
      narrator_.update(static_cast<std::uint64_t>(elapsed), static_cast<std::uint64_t>(all),
                       std::to_string(traffic_->acknowledged()) + " writes acknowledged, " +
                           std::to_string(report_.kills.size()) + " kills");
      if (!sleep_unless_interrupted(std::min(until, Clock::now() + milliseconds(100)))) {
        return false;
      }
    }
    return true;
  }

  // In the middle of writes: some are on the wire. Bounded, for a server that is too fast.
  void await_writes_in_flight() const {
    const auto until = Clock::now() + milliseconds(500);
    while (traffic_->in_flight() < 2 && Clock::now() < until) std::this_thread::yield();
  }

  Step kill_and_restart() {
    await_writes_in_flight();
    Kill kill;
    kill.at_seconds = std::chrono::duration<double>(Clock::now() - zero_).count();
    kill.in_flight = traffic_->in_flight();
    server_->kill();
    narrator_.say("SIGKILL " + std::to_string(report_.kills.size() + 1) + ": " +
                  std::to_string(kill.in_flight) + " commands on the wire");
    if (auto started = start_server(); !started) return started;
    kill.ready_ms = static_cast<double>(last_ready_.count());
    narrator_.say("ready again after " + std::to_string(last_ready_.count()) + " ms");
    report_.kills.push_back(kill);
    return {};
  }

  void note_outages() {
    for (auto& kill : report_.kills) {
      const auto& samples = report_.chaos.samples;
      const auto restarted = kill.at_seconds + kill.ready_ms / 1000;
      const auto next = std::ranges::find_if(
          samples, [&](const Sample& sample) { return sample.at_seconds >= restarted; });
      if (next != samples.end()) kill.outage_ms = (next->at_seconds - kill.at_seconds) * 1000;
    }
  }

  // No kills: what the client counts by shard must be what the server's metrics count.
  Step calm() {
    narrator_.say("a calm phase: the client's counts against the server's metrics");
    const auto before = server_->shard_metric("pim_shard_commands_total");
    if (!before) return stop(before.error());
    traffic_->start(zero_);
    const bool whole = sleep_unless_interrupted(Clock::now() + options_.calm);
    report_.calm = traffic_->stop(kPatience);
    if (!whole) return interrupt_stop();
    const auto after = server_->shard_metric("pim_shard_commands_total");
    if (!after) return stop(after.error());
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      const auto count = [shard](const std::map<std::uint32_t, double>& values) {
        const auto found = values.find(shard);
        return found == values.end() ? 0.0 : found->second;
      };
      evidence_.metric_by_shard.push_back(
          static_cast<std::uint64_t>(count(*after) - count(*before)));
    }
    return {};
  }

  Step ask_again() {
    narrator_.say("asking again: replays, audit searches, a rebuild beside the live read model");
    evidence_.replays =
        probe_replays(*server_, report_.chaos.remembered, traffic_options_, *recorder_);
    evidence_.caught_up = await_projection(*server_, seconds(20));
    evidence_.audit = probe_audit(*server_, auditor_token_, kLoadUser, report_.chaos.remembered);
    evidence_.rebuild = probe_rebuild(*server_, operator_token_);
    return {};
  }

  Step end_server() {
    const auto begin = Clock::now();
    const auto exit = server_->stop(seconds(10));
    evidence_.drain_ms = static_cast<std::uint64_t>(
        std::chrono::duration_cast<milliseconds>(Clock::now() - begin).count());
    evidence_.drained = exit && exit->clean();
    return {};
  }

  // With the program that runs the demo, never with the sabotaged one.
  Step look_at_files() {
    narrator_.say("verifying chains, reconstructing every patient, checking the history of calls");
    auto verified = verify_data(server_->data(), {}, [this](std::uint64_t done, std::uint64_t all) {
      narrator_.update(done, all, "events verified");
    });
    if (!verified) return stop(verified.error());
    evidence_.verify = std::move(*verified);
    if (auto done = rebuild_patients(); !done) return done;
    const auto exported = export_data(server_->data(), options_.out + "/export.jsonl");
    if (!exported) return stop(exported.error());
    if (auto sealed = history_->seal(); !sealed) return stop(sealed.error());
    auto calls = load::check_history(history_file(), options_.out + "/export.jsonl");
    if (!calls) return stop(calls.error());
    evidence_.calls = std::move(*calls);
    if (auto done = look_for_identifiers(); !done) return done;
    evidence_.kills = report_.kills;
    evidence_.chaos = &report_.chaos;
    evidence_.calm = &report_.calm;
    return {};
  }

  // Only of a history that is whole: what follows one with gaps waits for what never comes.
  Step rebuild_patients() {
    if (!evidence_.verify.intact()) return {};
    auto rebuilt =
        reconstruct_data_all(server_->data(), [this](std::uint64_t done, std::uint64_t patients) {
          narrator_.update(done, kBuckets, std::to_string(patients) + " patients reconstructed");
        });
    if (!rebuilt) return stop(rebuilt.error());
    evidence_.reconstruct = std::move(*rebuilt);
    return {};
  }

  Step look_for_identifiers() {
    data::privacy::VerifyOptions verify;
    verify.present_year = year_of(UtcMillis{std::time(nullptr) * 1000});
    for (const auto& [directory, report] : {std::pair("/data", &evidence_.seed_scan),
                                            std::pair("/foreign", &evidence_.foreign_scan)}) {
      auto scanned = data::privacy::verify_files({options_.seed_dir + directory}, verify);
      if (!scanned) return stop(scanned.error().message);
      *report = std::move(*scanned);
    }
    auto scanned = scan_store(
        server_->data(), [this](std::uint64_t done, std::uint64_t all, std::uint64_t events) {
          narrator_.update(done, all, std::to_string(events) + " events looked through");
        });
    if (!scanned) return stop(scanned.error());
    evidence_.store_scan = std::move(*scanned);
    return {};
  }

  std::string history_file() const { return options_.out + "/history.bin"; }

  static constexpr const char* kLoadUser = "demo-load";
  static constexpr const char* kImportUser = "demo-import";

  const KillsOptions options_;
  Narrator& narrator_;
  const std::string run_dir_;
  const load::ReferenceData reference_;
  KillsReport report_;
  KillsEvidence evidence_;
  std::unique_ptr<load::HistoryWriter> history_;
  std::unique_ptr<load::Recorder> recorder_;
  std::unique_ptr<LabServer> server_;
  std::unique_ptr<Traffic> traffic_;
  TrafficOptions traffic_options_;
  std::string import_token_;
  std::string auditor_token_;
  std::string operator_token_;
  milliseconds last_ready_{0};
  Clock::time_point zero_;
  bool kept_ = false;
};

KillsAct::KillsAct(const KillsOptions& options, Narrator& narrator)
    : play_(std::make_unique<Play>(options, narrator)) {}

KillsAct::~KillsAct() = default;

Step KillsAct::run(std::vector<Claim>& claims) { return play_->run(claims); }

const KillsReport& KillsAct::report() const { return play_->report(); }

void KillsAct::keep() { play_->keep(); }

}  // namespace pim::cli::prove
