#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <utility>

#include "chaos/kind.h"
#include "chaos/process/process_id.h"
#include "chaos/scratch_testing.h"
#include "chaos/sleeper_testing.h"
#include "load/child_process.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;

class ProcessFaults : public Scratch {
 protected:
  Fault fault(const Target& target, std::string_view kind, const ParameterTexts& texts = {}) {
    auto made = make_fault(kind, target, texts, &footprints_);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return std::move(*made);
  }
  std::size_t kept() const {
    std::vector<std::string> problems;
    return footprints_.all(problems).size();
  }

  Footprints footprints_{directory() + "/state"};
};

TEST_F(ProcessFaults, AStoppedProcessGoesOnOnceUndone) {
  const Sleeper sleeper(directory());
  const auto process = sleeper.process();
  auto stop = fault(sleeper.target(), "sigstop");
  ASSERT_TRUE(stop.inject().ok());
  EXPECT_TRUE(is_stopped(process));
  EXPECT_EQ(kept(), 1U);
  ASSERT_TRUE(stop.undo().ok());
  EXPECT_FALSE(is_stopped(process));
  EXPECT_TRUE(is_alive(process));
  EXPECT_EQ(kept(), 0U);
  {
    auto again = fault(sleeper.target(), "sigstop");
    ASSERT_TRUE(again.inject().ok());
    EXPECT_TRUE(is_stopped(process));
  }
  EXPECT_FALSE(is_stopped(process));
}

TEST_F(ProcessFaults, AStoppedProcessMayEndMeanwhile) {
  const Sleeper sleeper(directory());
  const auto process = sleeper.process();
  auto stop = fault(sleeper.target(), "sigstop");
  ASSERT_TRUE(stop.inject().ok());
  ASSERT_TRUE(send_signal(process, SIGKILL).ok());
  ASSERT_TRUE(wait_for_end(process, 10s));
  EXPECT_TRUE(stop.undo().ok());
  EXPECT_EQ(kept(), 0U);
}

TEST_F(ProcessFaults, WhatWasEndedIsStartedAgain) {
  const Sleeper sleeper(directory());
  for (const auto* kind : {"sigkill", "sigterm", "collector-down"}) {
    const auto before = sleeper.process();
    auto end = fault(sleeper.target(), kind);
    ASSERT_TRUE(end.inject().ok()) << kind;
    EXPECT_FALSE(is_alive(before)) << kind;
    EXPECT_EQ(kept(), 1U);
    ASSERT_TRUE(end.undo().ok()) << kind;
    EXPECT_TRUE(is_alive(sleeper.process())) << kind;
    EXPECT_EQ(kept(), 0U);
    EXPECT_TRUE(end.undo().ok());
  }
}

TEST_F(ProcessFaults, WhoDoesNotEndBySigtermIsKilled) {
  const Sleeper sleeper(directory());
  const auto process = sleeper.process();
  ASSERT_TRUE(send_signal(process, SIGSTOP).ok());  // takes no SIGTERM now
  auto end = fault(sleeper.target(), "sigterm", {{"grace", "50ms"}});
  ASSERT_TRUE(end.inject().ok());
  EXPECT_FALSE(is_alive(process));
}

TEST_F(ProcessFaults, OfAProcessThatDoesNotRunAreRefused) {
  auto child = load::ChildProcess::start({{"true"}, {}, "", ""});
  ASSERT_TRUE(child.ok());
  ASSERT_TRUE(child->wait(load::Clock::now() + 10s).has_value());
  Target target;
  target.name = "gone";
  target.pid = child->pid();
  auto stop = fault(target, "sigstop");
  const auto injected = stop.inject();
  ASSERT_FALSE(injected.ok());
  EXPECT_EQ(injected.error().message, "'gone' does not run");
  EXPECT_FALSE(stop.in_force());
}

TEST_F(ProcessFaults, FootprintsRestoreWithoutTheirInjector) {
  const Sleeper sleeper(directory());
  auto process = sleeper.process();
  auto stop = fault(sleeper.target(), "sigstop");
  ASSERT_TRUE(stop.inject().ok());
  std::vector<std::string> problems;
  ASSERT_TRUE(restore(footprints_.all(problems).at(0).footprint).ok());
  EXPECT_FALSE(is_stopped(process));

  auto end = fault(sleeper.target(), "sigkill");
  ASSERT_TRUE(end.inject().ok());
  ASSERT_EQ(kept(), 2U);
  for (const auto& left : footprints_.all(problems)) {
    ASSERT_TRUE(restore(left.footprint).ok());
    ASSERT_TRUE(restore(left.footprint).ok()) << "may be repeated";
  }
  EXPECT_TRUE(is_alive(sleeper.process()));
}

TEST_F(ProcessFaults, AProgramThatIsNotThereIsNamed) {
  StartCommand command;
  command.arguments = {directory() + "/no-program"};
  command.ready_file = directory() + "/ready.json";
  const auto started = CommandProcess(command).start();
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().find("no-program: No such file"), std::string::npos) << started.error();
  command.arguments = {"true"};
  EXPECT_NE(CommandProcess(command).start().error().find("before it was ready"), std::string::npos);
}

// A ready file may be old, and its pid another process's by now.
TEST_F(ProcessFaults, AnotherProcessOfThatPidIsNotTakenForIt) {
  auto other = load::ChildProcess::start({{"sleep", "1000"}, {}, "", ""});
  ASSERT_TRUE(other.ok());
  StartCommand command;
  command.arguments = {"pim", "serve"};
  command.ready_file = directory() + "/ready.json";
  std::ofstream(command.ready_file) << "{\"pid\":" << other->pid() << "}";
  EXPECT_EQ(CommandProcess(command).pid(), std::nullopt);
  command.arguments = {"wrapper", "--", "sleep", "1000"};
  EXPECT_TRUE(wait_until_so(10s, [&] { return CommandProcess(command).pid().has_value(); }));
}

TEST_F(ProcessFaults, AProcessIdIsOfOneProcessOnly) {
  auto child = load::ChildProcess::start({{"sleep", "1000"}, {}, "", ""});
  ASSERT_TRUE(child.ok());
  const auto process = identify(child->pid());
  ASSERT_TRUE(process.has_value());
  const ProcessId earlier{process->pid, process->started - 1};
  EXPECT_FALSE(is_alive(earlier));
  EXPECT_FALSE(send_signal(earlier, SIGKILL).ok());
  EXPECT_TRUE(is_alive(*process));
}

}  // namespace
}  // namespace pim::chaos
