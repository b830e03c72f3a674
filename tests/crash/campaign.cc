#include "campaign.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>
#include <utility>

namespace pim::crash {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using load::Clock;

constexpr auto kReadyLimit = 30s;
constexpr auto kLoadLimit = 60s;
constexpr auto kDrainLimit = 30s;
constexpr std::size_t kReplaysEach = 4;
constexpr auto kUsers = 3;
constexpr UtcMillis kStart{1'767'225'600'000};
const std::string kPrefix = "pim-crash-";

void remove_orphans() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const auto owner = std::atoi(name.c_str() + kPrefix.size());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

WorkingDirectory::WorkingDirectory() {
  remove_orphans();
  std::string pattern =
      (fs::temp_directory_path() / (kPrefix + std::to_string(::getpid()) + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

WorkingDirectory::~WorkingDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Campaign::Campaign(CampaignOptions options)
    : options_(std::move(options)),
      dice_(options_.seed, 0x4B11, 0),
      shipped_{options_.program,
               directory_.path("data"),
               directory_.path("keys.json"),
               directory_.path(),
               {},
               {}},
      config_(shipped_),
      reference_(options_.seed, kStart, 4, 16) {
  if (!options_.planted_program.empty()) {
    config_.program = options_.planted_program;
    config_.environment.push_back("PIM_PLANTED_BUG=" + options_.planted_bug);
  }
}

// Several users, so that an event under the wrong one would be found.
Result<void, std::string> Campaign::enlist() {
  std::vector<load::CrewMember> members;
  for (std::size_t i = 0; i < options_.members; ++i) {
    const std::string user = "clerk-" + std::to_string(i % kUsers);
    auto token = load::make_token(shipped_, user, "loadgen", "north-health");
    if (!token) return Err{std::move(token.error())};
    members.push_back({user, std::move(token).value()});
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const UtcMillis started_at{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  auto history =
      load::HistoryWriter::create(directory_.path("history.bin"), {.started_at = started_at});
  if (!history) return Err{std::move(history.error())};
  history_.emplace(std::move(history).value());
  recorder_.emplace(*history_);
  load::WorkloadOptions workload;
  workload.seed = options_.seed;
  workload.start = kStart;
  crew_ = std::make_unique<load::Crew>(std::move(members), workload, reference_, *recorder_);
  return {};
}

Result<void, std::string> Campaign::launch(const load::ServerConfig& config) {
  auto server = load::ServerProcess::start(config);
  if (!server) return Err{std::move(server.error())};
  server_ = std::make_unique<load::ServerProcess>(std::move(server).value());
  return {};
}

// Facilities must stand before providers name them: no place for a planted bug to strike.
Result<void, std::string> Campaign::prepare() {
  if (std::exchange(prepared_, true)) return {};
  if (auto enlisted = enlist(); !enlisted) return enlisted;
  if (auto launched = launch(shipped_); !launched) return launched;
  if (auto ready = server_->await_ready(kReadyLimit); !ready) return ready;
  if (auto done = crew_->prepare(server_->port()); !done) return done;
  server_->process().signal(SIGTERM);
  const auto exit = server_->process().wait(Clock::now() + kDrainLimit);
  server_.reset();
  if (!exit || !exit->clean()) return Err{std::string("the first server does not end well")};
  return {};
}

Result<void, std::string> Campaign::start() {
  if (auto prepared = prepare(); !prepared) return prepared;
  if (auto launched = launch(config_); !launched) return launched;
  if (auto ready = server_->await_ready(kReadyLimit); !ready) return ready;
  ready_times_.record(server_->ready_time());
  return {};
}

Result<void, std::string> Campaign::kill_while_starting() {
  if (auto prepared = prepare(); !prepared) return prepared;
  if (auto launched = launch(config_); !launched) return launched;
  std::this_thread::sleep_for(std::chrono::microseconds(dice_.between(0, 60'000)));
  server_.reset();  // SIGKILL
  ++kills_;
  return {};
}

Result<void, std::string> Campaign::kill_under_load() {
  crew_->start(server_->port());
  const auto wanted = static_cast<std::uint64_t>(dice_.between(1, 400));
  const bool loaded = crew_->await_acknowledged(wanted, Clock::now() + kLoadLimit);
  // Anywhere between two acknowledgements.
  std::this_thread::sleep_for(std::chrono::microseconds(dice_.between(0, 3000)));
  const bool died_alone = server_->process().wait(Clock::now()).has_value();
  server_.reset();  // SIGKILL
  ++kills_;
  crew_->stop();
  if (died_alone) return Err{std::string("the server ended by itself")};
  if (!loaded) return Err{"no progress under load; first refusal: " + totals().first_refusal};
  return {};
}

Result<std::chrono::nanoseconds, std::string> Campaign::drain_under_load() {
  crew_->start(server_->port());
  const auto wanted = static_cast<std::uint64_t>(dice_.between(50, 400));
  const bool loaded = crew_->await_acknowledged(wanted, Clock::now() + kLoadLimit);
  const auto signalled = Clock::now();
  server_->process().signal(SIGTERM);
  const auto exit = server_->process().wait(signalled + kDrainLimit);
  const auto took = Clock::now() - signalled;
  server_.reset();
  crew_->stop();
  if (!loaded) return Err{"no progress under load; first refusal: " + totals().first_refusal};
  if (!exit) return Err{std::string("the server does not end on SIGTERM")};
  if (!exit->clean()) return Err{"the server ended with " + exit->to_string()};
  return took;
}

void Campaign::replay() {
  const auto report = crew_->replay(server_->port(), kReplaysEach);
  replays_.sent += report.sent;
  replays_.unanswered += report.unanswered;
  replays_.not_replayed += report.not_replayed;
  replays_.different += report.different;
  replays_.findings.insert(replays_.findings.end(), report.findings.begin(), report.findings.end());
}

Result<load::CheckReport, std::string> Campaign::check() {
  if (auto sealed = history_->seal(); !sealed) return Err{std::move(sealed.error())};
  const std::string file = directory_.path("export.jsonl");
  const std::string errors = directory_.path("export.err");
  auto exit = load::run_child(
      {{options_.program, "audit", "export", "--data", config_.data_directory, "--output", file},
       {},
       errors,
       errors},
      120s);
  if (!exit) return Err{std::move(exit.error())};
  if (!exit->clean()) return Err{"pim audit export ended with " + exit->to_string()};
  auto report = load::check_history(directory_.path("history.bin"), file);
  fs::remove(file);
  return report;
}

}  // namespace pim::crash
