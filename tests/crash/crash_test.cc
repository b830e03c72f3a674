// Kills real servers under load and holds what they acknowledged against what they kept.
//
//   crash_test PIM PIM-PLANTED [gtest options]
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "campaign.h"

namespace pim::crash {
namespace {

using namespace std::chrono_literals;

std::string shipped_program;
std::string planted_program;

bool nightly() {
  const char* value = std::getenv("PIM_NIGHTLY");
  return value != nullptr && std::string_view(value) == "1";
}

std::uint64_t seed() {
  const char* value = std::getenv("PIM_SEED");
  return value == nullptr ? 20'260'101 : std::strtoull(value, nullptr, 10);
}

std::string text_of(const std::vector<std::string>& findings) {
  std::string text;
  for (const auto& finding : findings) text += "\n  " + finding;
  return text;
}

void add(load::CheckReport& sum, const load::CheckReport& part) {
  sum.acknowledged += part.acknowledged;
  for (std::size_t i = 0; i < load::kViolations; ++i) sum.violations[i] += part.violations[i];
  sum.unknown += part.unknown;
  sum.unknown_applied += part.unknown_applied;
}

void check_history(Campaign& campaign, load::CheckReport& report) {
  auto checked = campaign.check();
  ASSERT_TRUE(checked.ok()) << checked.error();
  report = std::move(checked).value();
  ASSERT_TRUE(report.clean()) << "after " << campaign.kills() << " kills: " << report.summary()
                              << text_of(report.findings);
}

// `kills` kills on one growing history.
void run_life(std::uint64_t life_seed, std::uint64_t kills, load::CheckReport& sum,
              load::ReplayReport& replays, load::Histogram& ready_times) {
  constexpr std::uint64_t kCheckEvery = 20;
  SCOPED_TRACE("PIM_SEED=" + std::to_string(life_seed));
  Campaign campaign(
      {.program = shipped_program, .planted_program = "", .planted_bug = "", .seed = life_seed});
  load::Dice dice(life_seed, 0x57A7, 0);
  load::CheckReport report;
  while (campaign.kills() < kills) {
    if (dice.chance(0.1)) {
      const auto killed = campaign.kill_while_starting();
      ASSERT_TRUE(killed.ok()) << killed.error();
      continue;
    }
    const auto started = campaign.start();
    ASSERT_TRUE(started.ok()) << "after " << campaign.kills() << " kills: " << started.error();
    campaign.replay();
    const auto killed = campaign.kill_under_load();
    ASSERT_TRUE(killed.ok()) << "kill " << campaign.kills() << ": " << killed.error();
    if (campaign.kills() % kCheckEvery == 0) {
      ASSERT_NO_FATAL_FAILURE(check_history(campaign, report));
    }
  }
  ASSERT_NO_FATAL_FAILURE(check_history(campaign, report));
  EXPECT_EQ(campaign.totals().refused, 0u) << campaign.totals().first_refusal;
  EXPECT_GT(report.acknowledged, 0u);
  add(sum, report);
  const auto& again = campaign.replays();
  replays.sent += again.sent;
  EXPECT_EQ(again.not_replayed + again.different, 0u) << text_of(again.findings);
  ready_times.merge(campaign.ready_times());
}

TEST(Crash, NoKillLosesWhatWasAcknowledged) {
  const unsigned long long lives = nightly() ? 100 : 1;
  constexpr unsigned long long kKills = 100;
  load::CheckReport sum;
  load::ReplayReport replays;
  load::Histogram ready;
  for (unsigned long long life = 0; life < lives && !HasFatalFailure(); ++life) {
    run_life(seed() + life, kKills, sum, replays, ready);
  }
  EXPECT_GT(replays.sent, 0u);
  EXPECT_GT(sum.unknown, 0u) << "no kill met a request under way: the kills prove nothing";
  std::printf("kills %llu, %s\n", lives * kKills, sum.summary().c_str());
  std::printf("replayed %llu, ready after a kill in ms: p50 %.1f, p99 %.1f, max %.1f\n",
              static_cast<unsigned long long>(replays.sent),
              static_cast<double>(ready.percentile(50)) / 1000,
              static_cast<double>(ready.percentile(99)) / 1000,
              static_cast<double>(ready.max()) / 1000);
}

TEST(Crash, SigtermUnderLoadCutsNoAdmittedRequest) {
  Campaign campaign({.program = shipped_program,
                     .planted_program = "",
                     .planted_bug = "",
                     .seed = seed() + 1000});
  SCOPED_TRACE("PIM_SEED=" + std::to_string(seed()));
  const int drains = nightly() ? 100 : 8;
  for (int i = 0; i < drains; ++i) {
    const auto started = campaign.start();
    ASSERT_TRUE(started.ok()) << started.error();
    campaign.replay();
    const auto drained = campaign.drain_under_load();
    ASSERT_TRUE(drained.ok()) << drained.error();
    EXPECT_LE(*drained, 5s);
    const auto report = campaign.check();
    ASSERT_TRUE(report.ok()) << report.error();
    ASSERT_TRUE(report->clean()) << report->summary() << text_of(report->findings);
    // A request without an answer was never taken in: else it would have been cut.
    ASSERT_EQ(report->unknown_applied, 0u) << "drain " << i;
  }
  EXPECT_EQ(campaign.totals().refused, 0u) << campaign.totals().first_refusal;
  EXPECT_EQ(campaign.replays().not_replayed + campaign.replays().different, 0u)
      << text_of(campaign.replays().findings);
}

// Negative controls: a server that is wrong on purpose must be found out, or the tests above prove
// nothing.
struct Control {
  const char* bug;
  bool (*caught)(const load::CheckReport&, const load::ReplayReport&);
};
class PlantedBug : public testing::TestWithParam<Control> {};

TEST_P(PlantedBug, IsCaughtWithinAFewKills) {
  constexpr std::uint64_t kKills = 12;
  Campaign campaign({.program = shipped_program,
                     .planted_program = planted_program,
                     .planted_bug = GetParam().bug,
                     .seed = seed() + 2000});
  while (campaign.kills() < kKills) {
    const auto started = campaign.start();
    ASSERT_TRUE(started.ok()) << started.error();
    campaign.replay();
    // What it loses may make later commands invalid: no progress is a finding, not an obstacle.
    const auto killed = campaign.kill_under_load();
    const auto report = campaign.check();
    ASSERT_TRUE(report.ok()) << report.error();
    if (!GetParam().caught(*report, campaign.replays())) {
      ASSERT_TRUE(killed.ok()) << killed.error();
      continue;
    }
    std::printf("%s: caught after %llu kills: %s\n", GetParam().bug,
                static_cast<unsigned long long>(campaign.kills()), report->summary().c_str());
    return;
  }
  FAIL() << GetParam().bug << " was not caught in " << kKills << " kills";
}

INSTANTIATE_TEST_SUITE_P(
    Controls, PlantedBug,
    testing::Values(Control{"ack-early",
                            [](const load::CheckReport& report, const load::ReplayReport&) {
                              return report.count(load::Violation::lost) > 0;
                            }},
                    Control{"lost-dedupe",
                            [](const load::CheckReport& report, const load::ReplayReport& replays) {
                              return report.count(load::Violation::contradicted) +
                                             report.count(load::Violation::duplicated) >
                                         0 &&
                                     replays.not_replayed > 0;
                            }},
                    Control{"drop-user",
                            [](const load::CheckReport& report, const load::ReplayReport&) {
                              return report.count(load::Violation::unnamed) > 0;
                            }}),
    [](const testing::TestParamInfo<Control>& control) {
      std::string name(control.param.bug);
      for (char& c : name) c = c == '-' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace pim::crash

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::fprintf(stderr, "usage: crash_test PIM PIM-PLANTED [gtest options]\n");
    return 2;
  }
  pim::crash::shipped_program = argv[1];
  pim::crash::planted_program = argv[2];
  return RUN_ALL_TESTS();
}
