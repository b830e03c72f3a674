// Faults between a real server and its clients, bad clients, and its clock.
#include <cmath>
#include <csignal>
#include <ctime>
#include <fstream>

#include "fault_lab.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

class FaultNetworkTest : public FaultLab {
 protected:
  // Before the server's port; its own port.
  std::uint16_t start_proxy() {
    auto started =
        load::ChildProcess::start({{PIM_PROGRAM, "chaos", "proxy", "--to", address(), "--control",
                                    path("proxy.sock"), "--ready-file", path("proxy.json")},
                                   {},
                                   path("proxy.out"),
                                   path("proxy.out")});
    EXPECT_TRUE(started.ok());
    proxy_.emplace(std::move(*started));
    EXPECT_TRUE(chaos::wait_until_so(60s, [&] {
      return !json_text(read_text(path("proxy.json")), "port").empty();
    })) << read_text(path("proxy.out"));
    std::ofstream(unit_file(), std::ios::app) << "proxy = \"" << path("proxy.sock") << "\"\n";
    return static_cast<std::uint16_t>(std::stoi(json_text(read_text(path("proxy.json")), "port")));
  }
  void TearDown() override {
    proxy_.reset();
    FaultLab::TearDown();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
  // Without authorisation: 401 is an answer.
  static int status_at(std::uint16_t port, std::chrono::milliseconds limit) {
    const auto response =
        load::HttpClient("127.0.0.1", port, limit).send({"GET", "/v1/patients/x", {}, ""});
    return response ? response->status : 0;
  }
  double connections() { return series("pim_http_connections{port=\"data\"}"); }
  double malformed() {
    const auto response =
        load::HttpClient("127.0.0.1", admin_port(), 60s).send({"GET", "/metrics", {}, ""});
    double sum = 0;
    const std::string name = "\npim_http_malformed_requests_total{";
    for (auto at = response->body.find(name); at != std::string::npos;
         at = response->body.find(name, at + 1)) {
      sum += std::stod(response->body.substr(response->body.find("} ", at) + 2));
    }
    return sum;
  }

  std::optional<load::ChildProcess> proxy_;
};

TEST_F(FaultNetworkTest, WhoComesThroughTheProxyMeetsItsFaults) {
  start_unit();
  const auto through = start_proxy();
  EXPECT_EQ(status_at(through, 60s), 401);

  begin_fault({"net-delay", "--set", "delay=150ms"});
  const auto begin = load::Clock::now();
  EXPECT_EQ(status_at(through, 60s), 401);
  EXPECT_GE(load::Clock::now() - begin, 300ms);
  EXPECT_EQ(end_fault(), 0);

  begin_fault({"net-cut"});
  EXPECT_EQ(status_at(through, 60s), 0);
  EXPECT_EQ(status_at(port(), 60s), 401) << "the server itself is well";
  EXPECT_EQ(end_fault(), 0);
  EXPECT_EQ(status_at(through, 60s), 401);

  begin_fault({"net-blackhole"});
  EXPECT_EQ(status_at(through, 500ms), 0);
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return status_at(through, 60s) == 401; }))
      << "the fault ends with its injector";
}

TEST_F(FaultNetworkTest, SlowClientsKeepConnectionsAndNobodyElseNotices) {
  start_unit();
  const auto before = connections();
  for (const auto* side : {"head", "body", "read"}) {
    begin_fault({"slow-clients", "--address", address(), "--set", "connections=40", "--set",
                 std::string("side=") + side, "--set", "pace=100ms"});
    EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return connections() >= before + 30; })) << side;
    EXPECT_EQ(post_patient(), 201) << side;
    EXPECT_EQ(end_fault(), 0);
    EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return connections() <= before + 1; })) << side;
  }
}

TEST_F(FaultNetworkTest, ResetsAndNonsenseAreRefusedAndNobodyElseNotices) {
  start_unit();
  const auto before = malformed();
  begin_fault({"malformed-flood", "--address", address(), "--set", "rate=500"});
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return malformed() > before + 100; }));
  EXPECT_EQ(post_patient(), 201);
  EXPECT_EQ(end_fault(), 0);
  const auto run = fault({"client-resets", "--address", address(), "--for", "500ms"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_GT(std::stoi(json_text(run.out, "hits")), 0) << run.out;
  EXPECT_EQ(post_patient(), 201);
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return connections() <= 1; }));
}

class FaultClockTest : public FaultNetworkTest {
 protected:
  // Of the server's answer, in seconds after 1970.
  std::int64_t servers_time() {
    const auto answer = get("/v1/patients/018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10");
    const std::string date(answer.header("date"));
    std::tm parts{};
    EXPECT_NE(::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S", &parts), nullptr) << date;
    return ::timegm(&parts);
  }
  // How far ahead of ours, to the minute.
  std::int64_t minutes_ahead() {
    return std::lround(static_cast<double>(servers_time() - std::time(nullptr)) / 60);
  }
};

TEST_F(FaultClockTest, TheWallClockStepsAndComesBack) {
  start_unit({.wrapper = {"env", "PIM_PLANTED_CLOCK=" + path("clock")},
              .program = PIM_PLANTED,
              .keys = "clock = \"" + path("clock") + "\"\n"});
  ASSERT_EQ(post_patient(), 201);
  EXPECT_EQ(minutes_ahead(), 0);
  begin_fault({"clock-step", "--set", "step=10m"});
  EXPECT_EQ(minutes_ahead(), 10);
  EXPECT_EQ(post_patient(), 201) << "deadlines go by another clock";
  EXPECT_EQ(end_fault(), 0);
  EXPECT_EQ(minutes_ahead(), 0);
  begin_fault({"clock-step", "--set", "step=-10m"});
  EXPECT_EQ(minutes_ahead(), -10);
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  EXPECT_EQ(undo().out, "spine clock: restored\n");
  EXPECT_EQ(minutes_ahead(), 0);
}

TEST_F(FaultClockTest, TheShippedProgramHasNoSuchClock) {
  start_unit({.wrapper = {"env", "PIM_PLANTED_CLOCK=" + path("clock")},
              .keys = "clock = \"" + path("clock") + "\"\n"});
  EXPECT_FALSE(std::filesystem::exists(path("clock")));
  const auto run = fault({"clock-step", "--for", "1s"});
  EXPECT_EQ(run.exit, 2) << run.err;
  EXPECT_NE(run.err.find("pim-planted"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace pim::integration
