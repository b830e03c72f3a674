// `pim load run` with faults on its timeline, done to a real server; and with its history held
// against that server's store while it runs.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#include <fstream>

#include "fault_lab.h"
#include "load/socket.h"
#include "telemetry/otlp_receiver_testing.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

constexpr const char* kScenario = R"(name = "broken"
seed = 3
warm_up = "500ms"
[[stage]]
rate = 60
duration = "4s"
[mix]
write = 50
get-chart = 30
[data]
facilities = 2
providers = 4
patients = 30
[client]
timeout = "10s"
deadline = "20s"
read_your_writes = 0.1
[client.retry]
attempts = 50
budget_percent = 10000
backoff = "50ms"
max_backoff = "200ms"
)";

// That nobody has: a server that is started again keeps its own only if it is told.
std::string free_port() {
  const load::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return std::to_string(ntohs(address.sin_port));
}

class LoadFaultTest : public FaultLab {
 protected:
  std::string scenario(const std::string& more) {
    std::ofstream(path("scenario.toml")) << kScenario << more;
    return path("scenario.toml");
  }
  Words command(const std::string& file) {
    return {"load",
            "run",
            file,
            "--target",
            "http://127.0.0.1:" + std::to_string(port()),
            "--keys",
            path("keys.json"),
            "--out",
            path("out"),
            "--unit",
            unit_file(),
            "--state",
            path("state"),
            "--json"};
  }
  std::string admin_url() { return "http://127.0.0.1:" + std::to_string(admin_port()); }
  // 4 is for a machine so busy that the generator was late.
  void expect_met(const ProgramRun& ran) {
    EXPECT_TRUE(ran.exit == 0 || ran.exit == 4) << ran.exit << "\n" << ran.out << ran.err;
  }
};

TEST_F(LoadFaultTest, AFaultOfTheTimelineIsDoneToldAndShown) {
  start_unit();
  telemetry::OtlpReceiver collector;
  auto words = command(
      scenario("[[fault]]\nat = \"1s\"\nfor = \"700ms\"\nkind = \"sigstop\"\nalert = \"none\"\n"));
  words.insert(words.end(), {"--check", admin_url(), "--otlp-endpoint", collector.endpoint()});
  const auto ran = pim(words);
  expect_met(ran);
  const auto faults = json_text(ran.out, "faults");
  const auto fault = faults.substr(1, faults.size() - 2);
  EXPECT_EQ(json_text(fault, "kind"), "sigstop");
  EXPECT_EQ(json_text(fault, "target"), "spine");
  EXPECT_EQ(json_text(fault, "alert"), "none");
  const auto from = std::stod(json_text(fault, "from_seconds"));
  const auto to = std::stod(json_text(fault, "to_seconds"));
  EXPECT_GE(from, 1);
  EXPECT_GE(to, from + 0.7);
  EXPECT_EQ(json_text(ran.out, "alerts"), "[]") << "no ruler was asked";

  const auto history = json_text(ran.out, "history");
  EXPECT_EQ(json_text(history, "true"), "true") << history;
  EXPECT_NE(json_text(json_text(history, "checked"), "acknowledged"), "0");
  EXPECT_FALSE(std::filesystem::exists(path("out/backup")));
  const auto html = read_text(path("out/report.html"));
  EXPECT_NE(html.find("<title>sigstop of spine</title>"), std::string::npos);
  EXPECT_NE(html.find("<h2>What was broken</h2>"), std::string::npos);

  auto logs = collector.wait_for_logs(2);
  ASSERT_EQ(logs.size(), 2U);
  for (auto& log : logs) EXPECT_EQ(log.attributes["event.name"], "pim.fault");
  EXPECT_EQ(logs[0].attributes["pim.phase"], "began");
  EXPECT_EQ(logs[1].attributes["pim.phase"], "ended");
  const auto told = collector.bodies();
  for (const auto* slo : {"durability", "auditability"}) {
    EXPECT_NE(told.find(R"({"key":"slo","value":{"stringValue":")" + std::string(slo)),
              std::string::npos)
        << slo;
  }
}

TEST_F(LoadFaultTest, AKilledServerKeepsWhatItAcknowledged) {
  start_unit({.port = free_port()});
  const auto killed = process();
  auto words = command(scenario("[[fault]]\nat = \"1s\"\nfor = \"100ms\"\nkind = \"sigkill\"\n"));
  const auto ran = pim(words);
  expect_met(ran);
  EXPECT_FALSE(chaos::is_alive(killed));
  EXPECT_TRUE(chaos::is_alive(process()));
  EXPECT_NE(json_text(ran.out, "faults").find("\"kind\":\"sigkill\""), std::string::npos);
  EXPECT_NE(json_text(ran.out, "errors"), "[]") << "clients did notice";
  EXPECT_EQ(json_text(ran.out, "history"), "") << "nobody asked";

  std::ofstream(path("operator.jwt")) << token("operator");
  auto checked = pim({"load", "check", "--history", path("out/history"), "--admin-url", admin_url(),
                      "--token-file", path("operator.jwt")});
  EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
  ASSERT_TRUE(chaos::send_signal(process(), SIGKILL));
  chaos::wait_until_so(20s, [&] {
    checked = pim({"load", "check", "--history", path("out/history"), "--data", data()});
    return checked.exit == 0;  // once the lock is gone
  });
  EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
  EXPECT_NE(checked.out.find("lost 0, duplicated 0, phantom 0"), std::string::npos);
}

TEST_F(LoadFaultTest, CtrlCUndoesWhatIsInForce) {
  start_unit();
  const auto stopped = process();
  auto words =
      command(scenario("[[stage]]\nrate = 1\nduration = \"1h\"\n"
                       "[[fault]]\nat = \"200ms\"\nfor = \"1h\"\nkind = \"sigstop\"\n"));
  words.insert(words.begin(), PIM_PROGRAM);
  auto child = load::ChildProcess::start({words, {}, path("run.out"), path("run.err")});
  ASSERT_TRUE(child.ok()) << child.error();
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return chaos::is_stopped(stopped); }))
      << read_text(path("run.err"));
  child->signal(SIGINT);
  const auto exit = child->wait(load::Clock::now() + 60s);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->code, 4);
  EXPECT_FALSE(chaos::is_stopped(stopped));
  const auto result = read_text(path("out/result.json"));
  EXPECT_EQ(json_text(result, "interrupted"), "true");
  EXPECT_NE(json_text(result, "faults").find("\"kind\":\"sigstop\""), std::string::npos);
}

TEST_F(LoadFaultTest, AUnitThatDoesNotRunIsSaidToBeBeforeTheLoad) {
  start_unit();
  const auto words = command(scenario("[[fault]]\nat = \"1s\"\nkind = \"sigstop\"\n"));
  auto unit = read_text(unit_file());
  unit.replace(unit.find("'serve'"), 7, "'serve', '--shards', '3'");
  std::ofstream(unit_file()) << unit;
  const auto ran = pim(words);
  EXPECT_EQ(ran.exit, 2);
  EXPECT_NE(ran.err.find("spine does not run"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(path("out/history")));
}

TEST_F(LoadFaultTest, AWrongFaultIsRefusedByItsPlace) {
  start_unit();
  const auto file = scenario("[[fault]]\nat = \"1s\"\nkind = \"sigstop\"\ndelay = \"1s\"\n");
  for (const auto& words : {command(file), Words{"load", "scenario", file}}) {
    const auto ran = pim(words);
    EXPECT_EQ(ran.exit, 2);
    EXPECT_NE(ran.err.find(file + ":26:9: fault 1: no parameter is called 'delay'"),
              std::string::npos)
        << ran.err;
  }
}

}  // namespace
}  // namespace pim::integration
