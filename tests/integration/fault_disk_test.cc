// Faults of the disk below a real server. The disk is FUSE in a mount namespace of the server's
// own: it must go with it, whatever ends what.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "fault_lab.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

class FaultDiskTest : public FaultLab {
 protected:
  std::uint64_t hits_of_last() {
    const auto said = read_text(path("fault.out"));
    const auto hits = said.rfind("hits ");
    return hits == said.npos ? 0 : std::stoull(said.substr(hits + 5));
  }
  // Until writes are taken again: the store comes back by itself.
  bool takes_writes_again() {
    return chaos::wait_until_so(60s, [&] { return post_patient() == 201; });
  }
};

TEST_F(FaultDiskTest, TheServerSeesADiskAndOthersThePlainFiles) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  const auto mounts = read_text("/proc/" + std::to_string(process().pid) + "/mounts");
  EXPECT_NE(mounts.find("pim-fault-disk " + data() + " fuse"), std::string::npos);
  EXPECT_EQ(read_text("/proc/self/mounts").find("pim-fault-disk"), std::string::npos);
  EXPECT_GT(std::filesystem::file_size(data() + "/events.db"), 0U);
  // and who does not go through the disk meets its lock
  const auto outside = pim({"store", "inspect", "--data", data()});
  EXPECT_NE(outside.exit, 0);
  EXPECT_NE(outside.err.find("in use"), std::string::npos) << outside.err;
}

TEST_F(FaultDiskTest, ASlowDiskMakesCommandsLate) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"disk-slow", "--set", "delay=200ms", "--set", "operations=sync", "--set",
               "files=events.db*"});
  const auto begin = load::Clock::now();
  EXPECT_EQ(post_patient(), 201);
  EXPECT_GE(load::Clock::now() - begin, 200ms);
  EXPECT_EQ(end_fault(), 0);
  EXPECT_GT(hits_of_last(), 0U);
  EXPECT_EQ(post_patient(), 201);
}

TEST_F(FaultDiskTest, AFullDiskRefusesWritesAndNothingElse) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"disk-full", "--set", "free=1MiB"});
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return post_patient() == 507; }));
  EXPECT_EQ(series("pim_store_writable"), 0);
  EXPECT_EQ(end_fault(), 0);
  EXPECT_TRUE(takes_writes_again());
}

TEST_F(FaultDiskTest, ADiskWithoutAByteFailsWhatDoesNotFit) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"disk-full"});
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return post_patient() == 507; }));
  EXPECT_EQ(end_fault(), 0);
  EXPECT_TRUE(takes_writes_again());
}

TEST_F(FaultDiskTest, WritesThatFailAreNotAcknowledged) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"disk-eio", "--set", "operations=write", "--set", "files=events.db*"});
  EXPECT_EQ(post_patient(), 503);
  EXPECT_EQ(end_fault(), 0);
  EXPECT_GT(hits_of_last(), 0U);
  EXPECT_TRUE(takes_writes_again());
}

TEST_F(FaultDiskTest, FsyncsThatFailAreNotAcknowledged) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"fsync-fail"});
  EXPECT_EQ(post_patient(), 503);
  EXPECT_EQ(end_fault(), 0);
  EXPECT_GT(hits_of_last(), 0U);
  EXPECT_TRUE(takes_writes_again());
  const auto stopped = process();
  ASSERT_TRUE(chaos::send_signal(stopped, SIGTERM).ok());
  ASSERT_TRUE(chaos::wait_for_end(stopped, 60s));
  const auto verified = pim({"audit", "verify", "--data", data()});
  EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
}

TEST_F(FaultDiskTest, AStalledFsyncHoldsTheAnswerBack) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  begin_fault({"fsync-stall"});
  EXPECT_NE(post_patient(1s), 201) << "not durable, so not acknowledged";
  EXPECT_EQ(end_fault(), 0);
  EXPECT_GT(hits_of_last(), 0U);
  EXPECT_TRUE(takes_writes_again());
}

TEST_F(FaultDiskTest, TheFaultEndsWithItsInjector) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  begin_fault({"fsync-stall"});
  EXPECT_NE(post_patient(1s), 201);
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  EXPECT_TRUE(takes_writes_again());
  EXPECT_EQ(undo().out, "") << "nothing was left to be undone";
}

// TearDown looks for what is left of it: processes, mounts.
TEST_F(FaultDiskTest, TheDiskEndsWithItsServerAlsoWhileItStalls) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  ASSERT_EQ(post_patient(), 201);
  const auto before = process();
  begin_fault({"fsync-stall"});
  EXPECT_NE(post_patient(1s), 201);
  ASSERT_TRUE(chaos::send_signal(before, SIGKILL).ok());
  EXPECT_TRUE(chaos::wait_for_end(before, 60s));
  EXPECT_EQ(end_fault(), 0) << "undone already";
  const auto run = fault({"sigkill", "--for", "0s"});
  EXPECT_EQ(run.exit, 3) << "it does not run: " << run.err;
  const auto verified = pim({"audit", "verify", "--data", data()});
  EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
}

TEST_F(FaultDiskTest, AServerOnADiskIsStartedAgainOnADisk) {
  start_on_fault_disk();
  if (IsSkipped()) return;
  const auto before = process();
  ASSERT_EQ(fault({"sigkill", "--for", "0s"}).exit, 0);
  EXPECT_NE(process().pid, before.pid);
  begin_fault({"fsync-fail"});
  EXPECT_EQ(post_patient(), 503);
  EXPECT_EQ(end_fault(), 0);
}

TEST_F(FaultDiskTest, IsAFileSystem) {
  std::filesystem::create_directory(data());
  const auto ran = run({PIM_PROGRAM, "chaos", "disk", data(), "--control", path("disk.sock"), "--",
                        "sh", "-ec", R"sh(
      cd "$0"
      mkdir -p a/b
      echo one > a/f
      ln a/f a/hard
      ln -s f a/soft
      mv a/f a/b/f
      test "$(cat a/hard)" = one
      test "$(readlink a/soft)" = f
      chmod 640 a/b/f
      test "$(stat -c %a a/b/f)" = 640
      touch -d 2001-02-03T04:05:06Z a/b/f
      test "$(stat -c %Y a/b/f)" = 981173106
      dd if=/dev/urandom of=big bs=64k count=40 conv=fsync 2>/dev/null
      cp big copy
      cmp big copy
      truncate -s 100 copy
      test "$(stat -c %s copy)" = 100
      exec 3<>gone
      echo open >&3
      rm gone
      test ! -e gone
      echo more >&3
      exec 3>&-
      test "$(ls -A | sort | tr '\n' ' ')" = "a big copy "
      rm a/hard a/soft a/b/f
      rmdir a/b a
      flock copy true
    )sh",
                        data()});
  if (ran.exit == 3) GTEST_SKIP() << ran.err;
  EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
  EXPECT_EQ(std::filesystem::file_size(data() + "/big"), 40U * 65536U);
  EXPECT_EQ(std::filesystem::file_size(data() + "/copy"), 100U);
}

}  // namespace
}  // namespace pim::integration
