#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "chaos/kind.h"
#include "chaos/scratch_testing.h"
#include "load/child_process.h"

namespace pim::chaos {
namespace {

class CgroupFaults : public Scratch {
 protected:
  static std::string groups_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/cgroup");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Target target_of(const load::ChildProcess& child) {
    Target target;
    target.name = "busy";
    target.pid = child.pid();
    return target;
  }
  load::ChildProcess busy(const std::string& script) {
    auto child = load::ChildProcess::start({{"sh", "-c", script, directory()}, {}, "", ""});
    EXPECT_TRUE(child.ok());
    return std::move(*child);
  }
  Fault fault(const load::ChildProcess& child, std::string_view kind, const ParameterTexts& texts) {
    auto made = make_fault(kind, target_of(child), texts, &footprints_);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return std::move(*made);
  }
  // Held until it has bitten: counted by the kernel only while it is in force.
  static void hold_until_hit(Fault& fault, const std::string& counter, std::string_view key) {
    EXPECT_TRUE(wait_until_so(std::chrono::seconds(60),
                              [&] {
                                std::ifstream in(counter);
                                std::string word;
                                std::uint64_t count = 0;
                                while (!key.empty() && in >> word && word != key) {
                                }
                                return (in >> count) && count > 0;
                              }))
        << fault.truth().kind << " does not bite: " << counter;
  }

  Footprints footprints_{directory() + "/state"};
};

// Where the group of the only fault in force is.
std::string group_in(const Footprints& footprints) {
  std::vector<std::string> problems;
  const auto all = footprints.all(problems);
  return all.empty() ? "" : all.front().footprint.fields.at("group");
}

TEST_F(CgroupFaults, ABusyProcessIsThrottledUntilItIsUndone) {
  const auto child = busy("while :; do :; done");
  const auto before = groups_of(child.pid());
  auto pressure = fault(child, "cpu-pressure", {{"share", "5"}});
  PIM_INJECT(pressure);
  EXPECT_NE(groups_of(child.pid()), before);
  const auto group = group_in(footprints_);
  hold_until_hit(pressure, group + "/cpu.stat", "nr_throttled");
  ASSERT_TRUE(pressure.undo().ok());
  EXPECT_GT(pressure.truth().hits.value_or(0), 0U);
  EXPECT_EQ(groups_of(child.pid()), before);
  EXPECT_NE(::access(group.c_str(), F_OK), 0);
}

TEST_F(CgroupFaults, AWriterMeetsItsMemoryLimitUntilItIsUndone) {
  const auto child =
      busy("while :; do dd if=/dev/zero of=\"$0/bytes\" bs=1M count=32 2>/dev/null; done");
  const auto before = groups_of(child.pid());
  auto pressure = fault(child, "memory-pressure", {{"limit", "8MiB"}});
  PIM_INJECT(pressure);
  const auto group = group_in(footprints_);
  const bool v1 = ::access((group + "/memory.failcnt").c_str(), F_OK) == 0;
  hold_until_hit(pressure, group + (v1 ? "/memory.failcnt" : "/memory.events"), v1 ? "" : "high");
  ASSERT_TRUE(pressure.undo().ok());
  EXPECT_GT(pressure.truth().hits.value_or(0), 0U);
  EXPECT_EQ(groups_of(child.pid()), before);
}

TEST_F(CgroupFaults, ChildrenThatCameMeanwhileGoBackToo) {
  const auto child = busy("while :; do sleep 0.01; done");
  const auto before = groups_of(child.pid());
  auto pressure = fault(child, "cpu-pressure", {{"share", "50"}});
  PIM_INJECT(pressure);
  ASSERT_TRUE(pressure.undo().ok());
  EXPECT_EQ(groups_of(child.pid()), before);
}

TEST_F(CgroupFaults, TheGroupGoesAlsoWhereItsProcessHasEnded) {
  auto child = busy("while :; do :; done");
  auto pressure = fault(child, "cpu-pressure", {});
  PIM_INJECT(pressure);
  child.signal(SIGKILL);
  ASSERT_TRUE(child.wait(load::Clock::now() + std::chrono::seconds(10)).has_value());
  EXPECT_TRUE(pressure.undo().ok());
}

TEST_F(CgroupFaults, AFootprintRestoresWithoutItsInjector) {
  const auto child = busy("while :; do :; done");
  const auto before = groups_of(child.pid());
  auto pressure = fault(child, "cpu-pressure", {});
  PIM_INJECT(pressure);
  std::vector<std::string> problems;
  const auto footprint = footprints_.all(problems).at(0).footprint;
  ASSERT_TRUE(restore(footprint).ok());
  EXPECT_EQ(groups_of(child.pid()), before);
  EXPECT_TRUE(restore(footprint).ok()) << "may be repeated";
}

}  // namespace
}  // namespace pim::chaos
