// Simulated power losses, failing calls and failing syncs, each checked against an oracle of what
// was acknowledged. PIM_NIGHTLY=1 lengthens them, PIM_SHORT=1 (under a sanitizer) shortens them.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "store/planted_testing.h"
#include "store/sqlite/crash_rig_testing.h"

namespace pim::store::sqlite {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && std::string_view(value) == "1";
}

int count(int usual, int nightly, int shortened) {
  if (is_set("PIM_NIGHTLY")) return nightly;
  return is_set("PIM_SHORT") ? shortened : usual;
}

constexpr int kLossesPerDisk = 10;

void report(const char* what, const Tally& tally) {
  std::printf(
      "%s: power losses %llu, acknowledged checked %llu, lost %llu, duplicated %llu, phantom "
      "%llu\n",
      what, static_cast<unsigned long long>(tally.power_losses),
      static_cast<unsigned long long>(tally.acknowledged),
      static_cast<unsigned long long>(tally.lost),
      static_cast<unsigned long long>(tally.duplicated),
      static_cast<unsigned long long>(tally.phantom));
}

// Random work until power fails at a random change: in a batch, a checkpoint, or the opening. Says
// what is wrong where the store does not come back at all.
std::string lose_power_often(std::uint64_t seed, int losses, Tally& tally,
                             bool background = false) {
  const std::string of_seed = "seed " + std::to_string(seed) + ": ";
  CrashRig rig(seed);
  if (background) rig.sync_in_background();
  if (auto opened = rig.open(); !opened) return of_seed + opened.error().message;
  for (int loss = 0; loss < losses; ++loss) {
    rig.disk().cut_power_at_change(1 + rig.pick(rig.pick(4) == 0 ? 1000 : 100));
    (void)rig.work(200, tally);
    auto opened = rig.lose_power(tally);
    while (opened.ok() && rig.pick(4) == 0) {  // and again, while it opens
      rig.close();
      rig.disk().cut_power_at_change(1 + rig.pick(12));
      (void)rig.open();
      opened = rig.lose_power(tally);
    }
    if (!opened) return of_seed + opened.error().message;
    if (auto resolved = rig.resolve(tally); !resolved) return of_seed + resolved.error().message;
    rig.check(tally);
    if (tally.problems() > 0) break;
  }
  return {};
}

TEST(PowerLoss, LosesNothingThatWasAcknowledged) {
  const int disks = count(30, 100, 10);
  Tally tally;
  for (int seed = 1; seed <= disks && tally.problems() == 0; ++seed) {
    ASSERT_EQ(lose_power_often(static_cast<std::uint64_t>(seed), kLossesPerDisk, tally), "");
  }
  report("random cuts", tally);
  EXPECT_EQ(tally.problems(), 0u) << tally.first_problem;
  EXPECT_GE(tally.power_losses, static_cast<std::uint64_t>(disks) * kLossesPerDisk);
}

TEST(PowerLoss, LosesNothingThatWasAcknowledgedWithSyncsInTheBackground) {
  const int disks = count(6, 30, 3);
  Tally tally;
  for (int seed = 1; seed <= disks && tally.problems() == 0; ++seed) {
    ASSERT_EQ(lose_power_often(static_cast<std::uint64_t>(seed), kLossesPerDisk, tally, true), "");
  }
  report("with background syncs", tally);
  EXPECT_EQ(tally.problems(), 0u) << tally.first_problem;
}

TEST(PowerLoss, LeavesAStoreThatCanBeMadeAgainWhereItHitsTheCreation) {
  Tally tally;
  std::uint64_t changes = 0;
  {
    CrashRig rig(1);
    ASSERT_TRUE(rig.open().ok());
    changes = rig.disk().changes();
  }
  ASSERT_GT(changes, 10u);
  for (std::uint64_t n = 1; n <= changes; ++n) {
    CrashRig rig(n);
    rig.disk().cut_power_at_change(n);
    EXPECT_FALSE(rig.open().ok()) << "change " << n;
    const auto opened = rig.lose_power(tally);
    ASSERT_TRUE(opened.ok()) << "change " << n << ": " << opened.error().message;
    ASSERT_TRUE(rig.work(3, tally).ok());
    ASSERT_TRUE(rig.lose_power(tally).ok());
    rig.check(tally);
    ASSERT_EQ(tally.problems(), 0u) << "change " << n << ": " << tally.first_problem;
  }
  report("during creation", tally);
}

TEST(PowerLoss, CatchesAnEngineThatSkipsItsSyncs) {
  const PlantedBug bug(Bug::skip_sync);
  Tally tally;
  std::string dead;  // a database that is left malformed is caught, too
  for (std::uint64_t seed = 1; seed <= 10 && tally.problems() == 0 && dead.empty(); ++seed) {
    dead = lose_power_often(seed, kLossesPerDisk, tally);
  }
  EXPECT_TRUE(tally.lost > 0 || !dead.empty());
}

// A sync fails once at a random time; the store recovers, or its process dies and another opens the
// files; what it then says is there must survive a power loss.
void fail_a_sync(std::uint64_t seed, const CrashRig& image, Tally& tally) {
  CrashRig rig(seed, image);
  ASSERT_TRUE(rig.open().ok());
  for (int round = 0; round < 3; ++round) {
    (void)rig.work(static_cast<int>(rig.pick(12)), tally);
    rig.disk().fail_next_sync();
    const auto failed = rig.work(10, tally);
    if (!failed.ok()) {
      EXPECT_EQ(failed.error().kind, StoreErrorKind::unknown) << failed.error().message;
      const auto refused = rig.work(1, tally);
      ASSERT_FALSE(refused.ok()) << "an append before recover()";
      EXPECT_EQ(refused.error().kind, StoreErrorKind::unavailable);
      if (rig.pick(2) == 0) {
        ASSERT_TRUE(rig.recover().ok());
      } else {
        rig.close();
        ASSERT_TRUE(rig.open().ok());
      }
      ASSERT_TRUE(rig.resolve(tally).ok());
    }
    // Sometimes at once: no later write may rescue what the failed sync left behind.
    (void)rig.work(static_cast<int>(rig.pick(3)), tally);
    const auto opened = rig.lose_power(tally);
    ASSERT_TRUE(opened.ok()) << "seed " << seed << ": " << opened.error().message;
    ASSERT_TRUE(rig.resolve(tally).ok());
    rig.check(tally);
    if (tally.problems() > 0) return;
  }
}

void fail_syncs(int disks, Tally& tally) {
  CrashRig image(0);
  ASSERT_TRUE(image.open().ok());
  image.close();
  for (int seed = 1; seed <= disks && tally.problems() == 0; ++seed) {
    fail_a_sync(static_cast<std::uint64_t>(seed), image, tally);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(FailedSync, IsSurvivedWithEverythingThatIsAnswered) {
  Tally tally;
  fail_syncs(count(40, 300, 15), tally);
  report("failed syncs", tally);
  EXPECT_EQ(tally.problems(), 0u) << tally.first_problem;
}

// No caller sees a checkpoint's sync fail, so none asks for recover(): the store must not go on as
// if the database were on disk, and must come back by itself.
TEST(FailedSync, OfACheckpointIsHealedWithoutACaller) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CrashRig rig(seed);
    ASSERT_TRUE(rig.open().ok());
    ASSERT_TRUE(rig.work(3, tally).ok());
    rig.disk().fail_next_sync("/store/events.db");
    const auto worked = rig.work(40, tally);
    ASSERT_TRUE(worked.ok()) << "seed " << seed << ": " << worked.error().message;
    ASSERT_TRUE(rig.disk().sync_has_failed()) << "seed " << seed << ": no checkpoint came";
    ASSERT_TRUE(rig.lose_power(tally).ok());
    rig.check(tally);
    ASSERT_EQ(tally.problems(), 0u) << tally.first_problem;
  }
  report("failed syncs of checkpoints", tally);
}

TEST(FailedSync, CatchesAnEngineThatReopensInPlace) {
  const PlantedBug bug(Bug::reopen_in_place);
  Tally tally;
  fail_syncs(40, tally);
  EXPECT_GT(tally.problems(), 0u);
}

// Every call fails once, one after the other, until a run meets no failure; every third where
// short.
void fail_every_call(DiskError error, const char* what) {
  CrashRig image(0);
  ASSERT_TRUE(image.open().ok());
  image.close();
  Tally tally;
  const auto step = static_cast<std::uint64_t>(count(1, 1, 3));
  std::uint64_t n = 1;
  for (;; n += step) {
    CrashRig rig(7, image);
    rig.disk().fail_call(n, error);
    if (!rig.open()) {
      const auto second = rig.open();
      ASSERT_TRUE(second.ok()) << "call " << n << ": " << second.error().message;
    }
    const auto worked = rig.work_through_faults(8, tally);
    ASSERT_TRUE(worked.ok()) << "call " << n << ": " << worked.error().message;
    const bool failed = rig.disk().failed();
    rig.disk().fail_call(0, DiskError::none);  // the checks' own reads are to succeed
    rig.check(tally);
    const auto opened = rig.lose_power(tally);
    ASSERT_TRUE(opened.ok()) << "call " << n << ": " << opened.error().message;
    rig.check(tally);
    ASSERT_EQ(tally.problems(), 0u) << "call " << n << ": " << tally.first_problem;
    if (!failed) break;
    ASSERT_LT(n, 5000u) << "the run never ends without a failure";
  }
  EXPECT_GT(n, 50u) << "hardly any call was failed";
  std::printf("%s at each of %llu calls; ", what, static_cast<unsigned long long>((n - 1) / step));
  report("after it", tally);
}

TEST(FailingCalls, EioAtAnyCallLosesNothing) { fail_every_call(DiskError::eio, "EIO"); }
TEST(FailingCalls, EnospcAtAnyCallLosesNothing) { fail_every_call(DiskError::enospc, "ENOSPC"); }

}  // namespace
}  // namespace pim::store::sqlite
