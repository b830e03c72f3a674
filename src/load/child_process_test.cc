#include "load/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "load/server_process.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

class ChildProcessTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path(name); }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name));
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
  }
  // A program that behaves like `pim serve`, as far as ServerProcess can see.
  ServerConfig config_of(const std::string& script) const {
    std::ofstream(path("server")) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(path("server"), std::filesystem::perms::owner_all);
    return {path("server"), path("data"), path("keys"), directory_.path(), {}, {}};
  }

  TemporaryDirectory directory_;
};

TEST_F(ChildProcessTest, RunsAProgramWithItsOutputAndEnvironment) {
  const auto exit =
      run_child({{"sh", "-c", "echo \"$PIM_X-$1\"; echo oops >&2; exit 3", "sh", "a b"},
                 {"PIM_X=seven"},
                 path("out"),
                 path("err")},
                10s);
  ASSERT_TRUE(exit.ok());
  EXPECT_EQ(exit->code, 3);
  EXPECT_FALSE(exit->clean());
  EXPECT_EQ(exit->to_string(), "exit code 3");
  EXPECT_EQ(read("out"), "seven-a b\n");
  EXPECT_EQ(read("err"), "oops\n");
}

TEST_F(ChildProcessTest, AnUnknownProgramEndsWith127) {
  const auto exit = run_child({{"no-such-program"}, {}, "", ""}, 10s);
  ASSERT_TRUE(exit.ok());
  EXPECT_EQ(exit->code, 127);
}

TEST_F(ChildProcessTest, WaitsToADeadlineThenSeesTheSignal) {
  auto child = ChildProcess::start({{"sleep", "60"}, {}, "", ""});
  ASSERT_TRUE(child.ok());
  EXPECT_FALSE(child->wait(Clock::now() + 1ms).has_value());
  child->signal(SIGTERM);
  const auto exit = child->wait(Clock::now() + 10s);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit.value_or(ChildExit{}).signal, SIGTERM);
  EXPECT_EQ(exit.value_or(ChildExit{}).to_string(), "signal 15");
}

TEST_F(ChildProcessTest, NoChildOutlivesItsOwner) {
  pid_t pid = 0;
  {
    auto child = ChildProcess::start({{"sleep", "60"}, {}, "", ""});
    ASSERT_TRUE(child.ok());
    pid = child->pid();
    ASSERT_EQ(::kill(pid, 0), 0);
    const ChildProcess moved = std::move(child).value();
    ASSERT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(ChildProcessTest, AServerIsReadyWhenItsReadyFileSaysSo) {
  const auto config = config_of(
      "while [ \"$1\" != --ready-file ]; do shift; done\n"
      "printf '{\"pid\":1,' >\"$2\"\n"
      "printf '\"port\":4711,\"admin_port\":4712}' >>\"$2\"\n"
      "exec sleep 60\n");
  auto server = ServerProcess::start(config);
  ASSERT_TRUE(server.ok());
  const auto ready = server->await_ready(10s);
  ASSERT_TRUE(ready.ok()) << ready.error();
  EXPECT_EQ(server->port(), 4711);
  EXPECT_EQ(server->admin_port(), 4712);
  EXPECT_GT(server->ready_time(), 0ns);
}

TEST_F(ChildProcessTest, AServerThatEndsOrHangsIsNotReadyAndTheReasonIsShown) {
  auto ended = ServerProcess::start(config_of("echo no keys >&2; exit 3\n"));
  const auto why = ended->await_ready(10s);
  ASSERT_FALSE(why.ok());
  EXPECT_NE(why.error().find("exit code 3"), std::string::npos) << why.error();
  EXPECT_NE(why.error().find("no keys"), std::string::npos) << why.error();

  auto hanging = ServerProcess::start(config_of("exec sleep 60\n"));
  const auto late = hanging->await_ready(50ms);
  ASSERT_FALSE(late.ok());
  EXPECT_NE(late.error().find("not ready in time"), std::string::npos) << late.error();
}

TEST_F(ChildProcessTest, ATokenComesWithoutItsLineEnd) {
  const auto token = make_token(config_of("echo \"$1.$5.$7\"\n"), "ann", "loadgen", "north");
  ASSERT_TRUE(token.ok()) << token.error();
  EXPECT_EQ(*token, "token.ann.loadgen");
  EXPECT_FALSE(make_token(config_of("exit 2\n"), "ann", "loadgen", "north").ok());
}

}  // namespace
}  // namespace pim::load
