#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "chaos/disk/disk_rules.h"
#include "chaos/instrument/control_message.h"
#include "chaos/instrument/control_server.h"
#include "chaos/kind.h"
#include "chaos/process/process_id.h"
#include "load/temporary_directory_testing.h"

namespace pim::chaos {
namespace {

class ControlTest : public testing::Test {
 protected:
  std::unique_ptr<ControlServer> start() {
    auto server = ControlServer::start(socket_, rules_);
    EXPECT_TRUE(server.ok()) << server.error();
    return std::move(*server);
  }
  bool fails() { return rules_.before(DiskOperation::sync, "f") != 0; }
  Fault fsync_fail() {
    Target target;
    target.name = "spine";
    target.disk = socket_;
    auto fault = make_fault("fsync-fail", target, {}, nullptr);
    EXPECT_TRUE(fault.ok());
    return std::move(*fault);
  }

  load::TemporaryDirectory directory_;
  const std::string socket_ = directory_.path("control.sock");
  DiskRules rules_;
};

TEST_F(ControlTest, ARuleIsInForceFromInjectionToUndo) {
  const auto server = start();
  auto fault = fsync_fail();
  EXPECT_FALSE(fails());
  ASSERT_TRUE(fault.inject().ok());
  EXPECT_TRUE(fails());
  ASSERT_TRUE(fault.undo().ok());
  EXPECT_FALSE(fails());
  EXPECT_EQ(fault.truth().hits, 1U);
}

TEST_F(ControlTest, ARuleEndsWithItsConnection) {
  const auto server = start();
  const auto address = control_address(socket_);
  load::Fd connection(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  ASSERT_EQ(
      ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address),
      0);
  ASSERT_TRUE(send_message(connection, rule_message("fsync-fail", {})));
  EXPECT_EQ(receive_message(connection), "ok");
  EXPECT_TRUE(fails());
  connection.reset();  // as by the death of its injector
  EXPECT_TRUE(wait_until_so(std::chrono::seconds(30), [&] { return !fails(); }));
}

TEST_F(ControlTest, TwoInjectorsDoNotMeddle) {
  const auto server = start();
  auto first = fsync_fail();
  auto second = fsync_fail();
  ASSERT_TRUE(first.inject().ok());
  ASSERT_TRUE(second.inject().ok());
  ASSERT_TRUE(first.undo().ok());
  EXPECT_TRUE(fails());
  ASSERT_TRUE(second.undo().ok());
  EXPECT_FALSE(fails());
}

TEST_F(ControlTest, AnInstrumentThatIsGoneIsNoReasonNotToUndo) {
  auto server = start();
  auto fault = fsync_fail();
  ASSERT_TRUE(fault.inject().ok());
  server.reset();
  EXPECT_FALSE(fails());
  EXPECT_TRUE(fault.undo().ok());
  EXPECT_EQ(fault.truth().hits, std::nullopt);
  EXPECT_NE(::access(socket_.c_str(), F_OK), 0);
  const auto injected = fsync_fail().inject();
  ASSERT_FALSE(injected.ok());
  EXPECT_EQ(injected.error().trouble, Trouble::environment);
}

TEST_F(ControlTest, NonsenseIsAnsweredWithWhatIsWrong) {
  const auto server = start();
  for (const auto* kind : {"", "net-cut", "hits", "release"}) {
    EXPECT_FALSE(HeldRule::take(socket_, kind, {}).ok()) << kind;
  }
  const auto rule = HeldRule::take(socket_, "fsync-fail", {{"percent", "500"}});
  ASSERT_FALSE(rule.ok());
  EXPECT_NE(rule.error().message.find("0 to 100%"), std::string::npos) << rule.error().message;
}

TEST_F(ControlTest, ASocketIsItsOwnersAndOnlyReplacedWhereNobodyListens) {
  {
    const auto server = start();
    struct stat status{};
    ASSERT_EQ(::stat(socket_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_FALSE(ControlServer::start(socket_, rules_).ok());
  }
  const auto address = control_address(socket_);
  {
    const load::Fd left(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(left.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
  }
  ASSERT_EQ(::access(socket_.c_str(), F_OK), 0);
  start();
  std::ofstream(directory_.path("file")) << "not a socket";
  EXPECT_FALSE(ControlServer::start(directory_.path("file"), rules_).ok());
  EXPECT_FALSE(ControlServer::start(directory_.path(std::string(200, 'x')), rules_).ok());
}

TEST(ControlMessage, ReadsWhatItWrites) {
  const ParameterTexts texts = {{"delay", "50ms"}, {"files", "a=b c"}};
  EXPECT_EQ(read_rule_message(rule_message("disk-slow", texts)),
            std::pair(std::string("disk-slow"), texts));
  EXPECT_EQ(read_rule_message(rule_message("x", {})),
            std::pair(std::string("x"), ParameterTexts{}));
}

}  // namespace
}  // namespace pim::chaos
