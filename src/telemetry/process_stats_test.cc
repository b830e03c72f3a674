#include "telemetry/process_stats.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace pim::telemetry {
namespace {

TEST(ProcessStats, AreOfThisProcess) {
  const ProcessStats before = process_stats();
  EXPECT_GT(before.resident_bytes, 1U << 20U);
  EXPECT_GT(before.virtual_bytes, before.resident_bytes);
  EXPECT_GT(before.max_fds, before.open_fds);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_LE(before.start_seconds, now + 2);
  EXPECT_GT(before.start_seconds, now - 3600);

  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::uint64_t threads = 0;
  std::thread([&] { threads = process_stats().threads; }).join();
  EXPECT_EQ(threads, before.threads + 1);
  EXPECT_EQ(process_stats().open_fds, before.open_fds + 1);
  ::close(file);
}

TEST(ProcessStats, CpuTimeAndSwitchesGrow) {
  const ProcessStats before = process_stats();
  ProcessStats after = before;
  while (after.cpu_seconds < before.cpu_seconds + 0.02 ||
         after.voluntary_switches == before.voluntary_switches) {
    std::thread([] {}).join();
    after = process_stats();
  }
  EXPECT_GE(after.involuntary_switches, before.involuntary_switches);
}

}  // namespace
}  // namespace pim::telemetry
