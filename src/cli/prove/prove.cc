#include "cli/prove/prove.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/build_info.h"
#include "cli/command.h"
#include "cli/prove/cluster.h"
#include "cli/prove/interrupt.h"
#include "cli/prove/kills_act.h"
#include "cli/prove/lab_server.h"
#include "cli/prove/links.h"
#include "cli/prove/pressure_act.h"
#include "cli/prove/proof.h"
#include "cli/text_file.h"
#include "load/report/machine.h"
#include "load/report/run_plots.h"

namespace pim::cli::prove {
namespace {

using std::chrono::seconds;

// How a claim is made to fail; of the others, it is not the server that would be sabotaged.
std::string bug_for(int claim) {
  switch (claim) {
    case 1:
      return "ack-early";
    case 2:
      return "drop-user";
    case 4:
      return "wrong-bucket";
    case 6:
      return "slow-commit";
    default:
      return {};
  }
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

class Proving {
 public:
  explicit Proving(const ProveOptions& options)
      : options_(options), bug_(bug_for(options.sabotage)) {}

  int run() {
    if (auto played = play(); !played) {
      // Interrupted it has nothing to say, and what printed itself is said.
      if (!played.error().message.empty()) return fail(played.error().code, played.error().message);
      return played.error().code;
    }
    forget_what_was_not_played();
    proof_.seconds = narrator_.seconds();
    if (auto written = write(); !written) return fail(kEnvironment, written.error());
    std::printf("%s", to_text(proof_.claims).c_str());
    std::printf("\nreport: %s/report.html (and report.json), %.0f s\n", options_.out.c_str(),
                proof_.seconds);
    std::fflush(stdout);
    if (options_.keep && kills_) kills_->keep();
    return options_.sabotage == 0 ? exit_code_of(proof_.claims) : judge_sabotage();
  }

 private:
  // Whether the claims wanted are among those that an act shows.
  bool wants(std::initializer_list<int> claims) const {
    return std::ranges::any_of(claims, [this](int claim) { return is_asked_for(claim); });
  }
  bool is_asked_for(int claim) const {
    if (options_.sabotage != 0) return claim == options_.sabotage;
    return options_.claims.empty() ||
           std::ranges::find(options_.claims, claim) != options_.claims.end();
  }

  Step play() {
    std::error_code problem;
    std::filesystem::create_directories(options_.out, problem);
    if (problem) return stop("cannot create " + options_.out + ": " + problem.message());
    const auto tested = program_with(bug_);
    if (!tested) return stop(tested.error());
    proof_.started_at = now_text();
    proof_.commit = std::string(api::build_commit());
    proof_.machine = load::report::describe_machine();
    proof_.program = std::filesystem::path(tested->path).filename().string();
    if (!bug_.empty()) proof_.program += " (sabotaged: " + bug_ + ")";
    proof_.seed = options_.seed;
    proof_.claims = all_claims();
    if (wants({3})) {
      auto done = hand_in(options_.links, [this](std::string_view text) {
        return judge_links(text, claim_of(proof_.claims, 3));
      });
      if (!done) return done;
    }
    if (wants({1, 2, 4})) {
      if (auto done = play_kills(); !done) return done;
    }
    if (wants({6})) {
      if (auto done = play_pressure(); !done) return done;
    }
    if (!wants({1, 5})) return {};
    return hand_in(options_.cluster,
                   [this](std::string_view text) { return judge_cluster(text, proof_.claims); });
  }

  // What others saw; where there is no file, nothing.
  template <class Judge>
  Step hand_in(const std::string& file, Judge judge) {
    if (file.empty()) return {};
    const auto text = read_file(file);
    if (!text) return stop("cannot read " + file);
    const auto judged = judge(*text);
    if (!judged) return stop(file + ": " + judged.error());
    return {};
  }

  Step play_kills() {
    KillsOptions kills;
    kills.seed_dir = options_.seed_dir;
    kills.out = options_.out;
    kills.seed = options_.seed;
    kills.rate = options_.rate;
    kills.bug = bug_;
    if (options_.sabotage > 1) {  // whose failure needs no kill at the right moment
      kills.kills = 1;
      kills.under_kills = seconds(6);
      kills.calm = seconds(4);
    } else if (!options_.short_form && options_.sabotage == 0) {
      kills.kills = 12;
      kills.under_kills = seconds(80);
      kills.calm = seconds(12);
    }
    if (options_.kills != 0) kills.kills = options_.kills;
    kills_ = std::make_unique<KillsAct>(kills, narrator_);
    if (auto done = kills_->run(proof_.claims); !done) return done;
    proof_.kills = &kills_->report();
    return {};
  }

  Step play_pressure() {
    PressureOptions pressure;
    pressure.scenario = options_.seed_dir + "/scenarios/prove.toml";
    pressure.out = options_.out + "/pressure";
    pressure.bug = bug_;
    if (options_.short_form || options_.sabotage != 0) pressure.duration = seconds(30);
    auto run = run_pressure(pressure, narrator_, proof_.claims);
    if (!run) return Err{std::move(run).error()};
    pressure_ = std::move(*run);
    proof_.pressure = &*pressure_;
    return {};
  }

  void forget_what_was_not_played() {
    std::erase_if(proof_.claims, [this](const Claim& claim) {
      return !is_asked_for(claim.number) && claim.checks.empty() && claim.doubt.empty();
    });
  }

  Result<void, std::string> write() const {
    std::vector<std::pair<std::string, std::string>> files = {{"report.html", to_html(proof_)},
                                                              {"report.json", to_json(proof_)}};
    if (proof_.kills != nullptr) {
      files.emplace_back("kills.svg", to_svg(kills_latency_plot(*proof_.kills)));
    }
    if (proof_.pressure != nullptr) {
      files.emplace_back("pressure.svg", to_svg(load::report::latency_over_time(*proof_.pressure)));
    }
    for (const auto& [name, text] : files) {
      if (!write_file_atomically(options_.out + "/" + name, text)) {
        return Err{"cannot write " + options_.out + "/" + name};
      }
    }
    return {};
  }

  int judge_sabotage() {
    const auto& claim = claim_of(proof_.claims, options_.sabotage);
    const std::string name = "claim " + std::to_string(claim.number);
    if (claim.verdict() == Verdict::not_delivered) {
      return fail(kEnvironment,
                  name + " cannot be sabotaged here, where it is not delivered: " + claim.missing);
    }
    const auto code = exit_code_of(proof_.claims, options_.sabotage);
    if (code == kClaimFailed) return code;
    return fail(code,
                name + " did not fail, though it was sabotaged: its checks are not worth much");
  }

  const ProveOptions options_;
  const std::string bug_;
  Narrator narrator_;
  std::unique_ptr<KillsAct> kills_;
  std::optional<load::RunResult> pressure_;
  Proof proof_;
};

}  // namespace

int run_prove(const ProveOptions& options) {
  watch_interrupts();
  auto settled = options;
  if (settled.out.empty()) settled.out = settled.short_form ? "out/demo" : "out/prove";
  return Proving(settled).run();
}

}  // namespace pim::cli::prove
