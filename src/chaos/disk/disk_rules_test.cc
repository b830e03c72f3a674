#include "chaos/disk/disk_rules.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace pim::chaos {
namespace {

RuleId added(DiskRules& rules, std::string_view kind, const ParameterTexts& texts = {}) {
  const auto rule = rules.add(kind, texts);
  EXPECT_TRUE(rule.ok()) << rule.error();
  return rule ? *rule : 0;
}

constexpr auto kRead = DiskOperation::read;
constexpr auto kWrite = DiskOperation::write;
constexpr auto kSync = DiskOperation::sync;

TEST(DiskRules, FailOnlyWhatTheyAreAbout) {
  DiskRules rules;
  EXPECT_EQ(rules.before(kSync, "events.db-wal"), 0);
  const auto rule = added(rules, "fsync-fail", {{"files", "*-wal"}, {"percent", "50"}});
  EXPECT_EQ(rules.before(kSync, "events.db"), 0);
  EXPECT_EQ(rules.before(kWrite, "events.db-wal"), 0);
  EXPECT_EQ(rules.before(kSync, "events.db-wal"), 0);
  EXPECT_EQ(rules.before(kSync, "deeper/events.db-wal"), EIO);
  EXPECT_EQ(rules.hits(rule), 1U);
  rules.remove(rule);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(rules.before(kSync, "events.db-wal"), 0);
  EXPECT_EQ(rules.hits(rule), 0U);
  rules.remove(rule);
}

TEST(DiskRules, FailTheOperationsThatAreNamed) {
  DiskRules rules;
  added(rules, "disk-eio", {{"operations", "read"}});
  EXPECT_EQ(rules.before(kRead, "f"), EIO);
  EXPECT_EQ(rules.before(kWrite, "f"), 0);
  added(rules, "disk-eio", {{"operations", "all"}});
  EXPECT_EQ(rules.before(kWrite, "f"), EIO);
  EXPECT_EQ(rules.before(DiskOperation::name, "f"), EIO);
}

TEST(DiskRules, GiveTheSpaceThatIsLeftOnce) {
  DiskRules rules;
  EXPECT_EQ(rules.free_bytes(), std::nullopt);
  const auto rule = added(rules, "disk-full", {{"free", "10KiB"}});
  EXPECT_EQ(rules.before(kWrite, "f", 8192), 0);
  EXPECT_EQ(rules.free_bytes(), 2048U);
  EXPECT_EQ(rules.before(kWrite, "f", 8192), ENOSPC);
  EXPECT_EQ(rules.before(kWrite, "f", 0), 0) << "takes no space";
  EXPECT_EQ(rules.before(kWrite, "f", 2048), 0);
  EXPECT_EQ(rules.free_bytes(), 0U);
  rules.remove(rule);
  EXPECT_EQ(rules.before(kWrite, "f", 1 << 20), 0);
}

TEST(DiskRules, Delay) {
  DiskRules rules;
  const auto rule = added(rules, "disk-slow", {{"delay", "30ms"}, {"operations", "write"}});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(rules.before(kWrite, "f"), 0);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(30));
  EXPECT_EQ(rules.hits(rule), 1U);
}

TEST(DiskRules, StallUntilTheyAreRemoved) {
  DiskRules rules;
  const auto stall = added(rules, "fsync-stall");
  const auto slow = added(rules, "disk-slow", {{"delay", "60s"}, {"operations", "read"}});
  std::atomic<int> returned{0};
  std::thread syncing([&] {
    EXPECT_EQ(rules.before(kSync, "f"), 0);
    ++returned;
  });
  std::thread reading([&] {
    EXPECT_EQ(rules.before(kRead, "f"), 0);
    ++returned;
  });
  while (rules.hits(stall) == 0 || rules.hits(slow) == 0) std::this_thread::yield();
  EXPECT_EQ(returned, 0);
  EXPECT_EQ(rules.before(kWrite, "f"), 0) << "the others go on";
  rules.remove(stall);
  syncing.join();
  rules.remove(slow);
  reading.join();
}

TEST(DiskRules, KnowDiskFaultsOnly) {
  DiskRules rules;
  EXPECT_EQ(rules.add("net-delay", {}).error(), "a fault disk knows no 'net-delay'");
  EXPECT_FALSE(rules.add("disk-slow", {{"delay", "soon"}}).ok());
}

}  // namespace
}  // namespace pim::chaos
