// Two network namespaces of the test's own with a cable between them; a real server in one, a real
// client in the other.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "chaos/kind.h"
#include "chaos/process/process_id.h"
#include "chaos/scratch_testing.h"
#include "load/child_process.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

std::uint64_t network_of(const std::string& pid) {
  struct stat status{};
  return ::stat(("/proc/" + pid + "/ns/net").c_str(), &status) == 0 ? status.st_ino : 0;
}

class NamespaceFaults : public Scratch {
 protected:
  void SetUp() override {
    // it stays in the shell's place, so that the pid is that of who has the namespace
    for (auto* host : {&server_, &client_}) {
      auto started = load::ChildProcess::start(
          {{"unshare", "--net", "sleep", "100000"}, {}, "", path("unshare.log")});
      ASSERT_TRUE(started.ok()) << started.error();
      host->emplace(std::move(*started));
      const auto pid = std::to_string((*host)->pid());
      const bool own = wait_until_so(
          20s, [&] { return network_of(pid) != network_of("self") || has_ended(**host); });
      if (!own || has_ended(**host)) no_network("network namespaces cannot be made here");
      if (IsSkipped()) return;
    }
    if (!run({"ip", "link", "add", "cable", "netns", pid_of(server_), "type", "veth", "peer",
              "name", "cable", "netns", pid_of(client_)})) {
      return no_network("no veth here, or no `ip`");
    }
    for (const auto& [host, address] :
         {std::pair(&server_, "192.0.2.1/24"), std::pair(&client_, "192.0.2.2/24")}) {
      ASSERT_TRUE(run(inside(*host, {"ip", "link", "set", "lo", "up"})));
      ASSERT_TRUE(run(inside(*host, {"ip", "address", "add", address, "dev", "cable"})));
      ASSERT_TRUE(run(inside(*host, {"ip", "link", "set", "cable", "up"})));
    }
    auto web =
        load::ChildProcess::start({inside(server_, {"python3", "-m", "http.server", "--bind",
                                                    "0.0.0.0", "8000", "--directory", directory()}),
                                   {},
                                   "",
                                   ""});
    ASSERT_TRUE(web.ok()) << web.error();
    web_.emplace(std::move(*web));
    ASSERT_TRUE(wait_until_so(60s, [&] { return reaches(client_, "192.0.2.1"); }));
  }

  void TearDown() override {
    web_.reset();
    client_.reset();
    server_.reset();
    Scratch::TearDown();
  }

  // A reason to skip, but in CI.
  static void no_network(const std::string& why) {
    if (!can_run(Err{FaultError{Trouble::environment, why}})) GTEST_SKIP() << why;
    FAIL() << why;
  }
  static bool has_ended(load::ChildProcess& child) {
    return child.wait(load::Clock::now()).has_value();
  }
  static std::string pid_of(const std::optional<load::ChildProcess>& host) {
    return std::to_string(host->pid());
  }
  static Words inside(const std::optional<load::ChildProcess>& host, const Words& command) {
    Words words = {"nsenter", "--target", pid_of(host), "--net"};
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }
  bool run(const Words& command) const {
    const auto exit = load::run_child({command, {}, "", path("run.log")}, 60s);
    return exit && exit->clean();
  }
  // Whether a request from there is answered, in a while.
  bool reaches(const std::optional<load::ChildProcess>& from, const std::string& address) const {
    return run(inside(from, {"python3", "-c",
                             "import urllib.request, sys; "
                             "urllib.request.urlopen('http://" +
                                 address + ":8000/', timeout=2)"}));
  }
  Target target() const {
    Target target;
    target.name = "server";
    target.pid = server_->pid();
    return target;
  }
  Fault fault(const Target& target, std::string_view kind, const ParameterTexts& texts = {}) {
    auto made = make_fault(kind, target, texts, &footprints_);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return std::move(*made);
  }

  std::optional<load::ChildProcess> server_;
  std::optional<load::ChildProcess> client_;
  std::optional<load::ChildProcess> web_;
  Footprints footprints_{directory() + "/state"};
};

TEST_F(NamespaceFaults, APartitionCutsTheCableAndNotTheLoopback) {
  for (const auto* direction : {"both", "in", "out"}) {
    auto partition = fault(target(), "net-partition", {{"direction", direction}});
    PIM_INJECT(partition);
    EXPECT_FALSE(reaches(client_, "192.0.2.1")) << direction;
    EXPECT_TRUE(reaches(server_, "127.0.0.1")) << direction;
    ASSERT_TRUE(partition.undo().ok());
    EXPECT_TRUE(reaches(client_, "192.0.2.1")) << direction;
    EXPECT_GT(partition.truth().hits.value_or(0), 0U) << direction;
  }
}

TEST_F(NamespaceFaults, AFootprintRestoresWithoutItsInjector) {
  auto partition = fault(target(), "net-partition");
  PIM_INJECT(partition);
  std::vector<std::string> problems;
  const auto footprint = footprints_.all(problems).at(0).footprint;
  ASSERT_TRUE(restore(footprint).ok());
  EXPECT_TRUE(reaches(client_, "192.0.2.1"));
  EXPECT_TRUE(restore(footprint).ok()) << "may be repeated";
  web_.reset();
  server_.reset();
  EXPECT_TRUE(restore(footprint).ok()) << "the namespace went with its last process";
}

TEST_F(NamespaceFaults, OfOurOwnNetworkAreRefused) {
  auto neighbour = load::ChildProcess::start({{"sleep", "1000"}, {}, "", ""});
  ASSERT_TRUE(neighbour.ok());
  Target ours;
  ours.name = "neighbour";
  ours.pid = neighbour->pid();
  for (const auto* kind : {"net-partition", "netem"}) {
    const auto injected = fault(ours, kind).inject();
    ASSERT_FALSE(injected.ok()) << kind;
    EXPECT_EQ(injected.error().trouble, Trouble::usage);
  }
}

// Where the kernel has no netem, it must say so and leave nothing.
TEST_F(NamespaceFaults, NetemDelaysOrSaysThatItIsMissing) {
  auto late = fault(target(), "netem", {{"interface", "cable"}, {"delay", "150ms"}});
  const auto injected = late.inject();
  if (!injected) {
    EXPECT_EQ(injected.error().trouble, Trouble::environment);
    EXPECT_NE(injected.error().message.find("fault proxy"), std::string::npos);
  } else {
    const auto begin = load::Clock::now();
    EXPECT_TRUE(reaches(client_, "192.0.2.1"));
    EXPECT_GE(load::Clock::now() - begin, 300ms) << "a handshake and an answer";
  }
  ASSERT_TRUE(late.undo().ok());
  EXPECT_TRUE(reaches(client_, "192.0.2.1"));
}

}  // namespace
}  // namespace pim::chaos
