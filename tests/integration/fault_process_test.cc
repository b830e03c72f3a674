// Faults of a real server as a process, by `pim chaos`: in force, undone, and nothing is left; also
// where the injector is killed.
#include <csignal>
#include <thread>

#include "chaos/kind.h"
#include "chaos/process/server_unit.h"
#include "chaos/timeline.h"
#include "fault_lab.h"
#include "telemetry/otlp_receiver_testing.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

class FaultProcessTest : public FaultLab {
 protected:
  // Where a patient is read that the server has acknowledged.
  std::string acknowledged() {
    const load::Request request{
        "POST",
        "/v1/patients",
        {{"Authorization", "Bearer " + token("registrar")}, {"Content-Type", "application/json"}},
        R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})"};
    const auto response = load::HttpClient("127.0.0.1", port(), 60s).send(request);
    EXPECT_TRUE(response.ok() && response->status == 201);
    return response ? std::string(response->header("location")) : "";
  }
};

TEST_F(FaultProcessTest, AKilledServerIsStartedAgainWithAllItAcknowledged) {
  start_unit();
  const auto before = process();
  const auto patient = acknowledged();
  const auto run = fault({"sigkill", "--for", "0s"});
  ASSERT_EQ(run.exit, 0) << run.err;
  EXPECT_FALSE(chaos::is_alive(before));
  EXPECT_TRUE(chaos::is_alive(process()));
  EXPECT_TRUE(chaos::wait_until_so(60s, [&] { return get(patient).status == 200; }));
  EXPECT_EQ(json_text(run.out, "kind"), "sigkill");
  EXPECT_EQ(json_text(run.out, "target"), "spine");
  EXPECT_FALSE(json_text(run.out, "from").empty());
  EXPECT_FALSE(json_text(run.out, "to").empty());
}

TEST_F(FaultProcessTest, AStoppedServerAnswersNobodyUntilCtrlC) {
  start_unit();
  ASSERT_EQ(post_patient(), 201);
  const auto stopped = process();
  begin_fault({"sigstop"});
  EXPECT_TRUE(chaos::is_stopped(stopped));
  EXPECT_EQ(post_patient(300ms), 0);
  EXPECT_EQ(end_fault(SIGINT), 0);
  EXPECT_FALSE(chaos::is_stopped(stopped));
  EXPECT_EQ(post_patient(), 201);
}

TEST_F(FaultProcessTest, SigtermUnderLoadDrains) {
  start_unit();
  std::atomic<bool> over{false};
  std::atomic<int> accepted{0};
  std::thread load([&, headers = std::string("Bearer ") + token("registrar")] {
    load::HttpClient client("127.0.0.1", port(), 10s);
    const load::Request request{"POST",
                                "/v1/patients",
                                {{"Authorization", headers}, {"Content-Type", "application/json"}},
                                R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})"};
    while (!over) {
      const auto response = client.send(request);
      if (response && response->status == 201) ++accepted;
    }
  });
  chaos::wait_until_so(60s, [&] { return accepted > 20; });
  const auto run = fault({"sigterm", "--for", "0s"});
  over = true;
  load.join();
  ASSERT_EQ(run.exit, 0) << run.err;
  EXPECT_NE(read_text(path("server.log")).find("draining"), std::string::npos);
  EXPECT_EQ(post_patient(), 201);
}

TEST_F(FaultProcessTest, UndoRestoresAfterTheInjectorsDeath) {
  start_unit();
  const auto stopped = process();
  begin_fault({"sigstop"});
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  EXPECT_TRUE(chaos::is_stopped(stopped)) << "nobody has undone it yet";
  auto undone = undo();
  EXPECT_EQ(undone.exit, 0) << undone.err;
  EXPECT_EQ(undone.out, "spine continue: restored\n");
  EXPECT_FALSE(chaos::is_stopped(stopped));

  begin_fault({"sigkill"});
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  EXPECT_EQ(post_patient(1s), 0);
  undone = undo();
  EXPECT_EQ(undone.exit, 0) << undone.err;
  EXPECT_EQ(undone.out, "spine start: restored\n");
  EXPECT_EQ(post_patient(), 201);

  undone = undo();
  EXPECT_EQ(undone.exit, 0);
  EXPECT_EQ(undone.out, "");
}

TEST_F(FaultProcessTest, UndoLeavesALivingInjectorsFaultAlone) {
  start_unit();
  const auto stopped = process();
  begin_fault({"sigstop"});
  const auto undone = undo();
  EXPECT_EQ(undone.exit, 0) << undone.err;
  EXPECT_NE(undone.out.find("which undoes it"), std::string::npos) << undone.out;
  EXPECT_TRUE(chaos::is_stopped(stopped));
  EXPECT_EQ(end_fault(SIGTERM), 0);
}

TEST_F(FaultProcessTest, BeginningAndEndAreSentAsEvents) {
  start_unit();
  telemetry::OtlpReceiver receiver;
  const auto run = fault({"sigstop", "--for", "10ms", "--otlp-endpoint", receiver.endpoint()});
  ASSERT_EQ(run.exit, 0) << run.err;
  auto logs = receiver.wait_for_logs(2);
  ASSERT_EQ(logs.size(), 2U);
  for (auto& log : logs) {
    EXPECT_EQ(log.attributes["event.name"], "pim.fault");
    EXPECT_EQ(log.attributes["kind"], "sigstop");
    EXPECT_EQ(log.attributes["target"], "spine");
    EXPECT_EQ(log.attributes["pim.from"], json_text(run.out, "from"));
    EXPECT_EQ(log.resource["service.namespace"], "pim");
  }
  EXPECT_EQ(logs[0].attributes["pim.phase"], "began");
  EXPECT_EQ(logs[0].attributes.count("pim.to"), 0U);
  EXPECT_EQ(logs[1].attributes["pim.phase"], "ended");
  EXPECT_EQ(logs[1].attributes["pim.to"], json_text(run.out, "to"));
}

TEST_F(FaultProcessTest, ABusyServerIsThrottledAndShortOfMemory) {
  start_unit();
  for (const auto& [kind, setting] :
       {std::pair("cpu-pressure", "share=2"), std::pair("memory-pressure", "limit=1MiB")}) {
#ifdef __SANITIZE_ADDRESS__
    // it keeps what was freed, so it asks for new pages all the time and stands still
    if (std::string_view(kind) == "memory-pressure") continue;
#endif
    begin_fault({kind, "--set", setting});
    if (IsSkipped()) return;
    // each write takes processor time and page cache
    for (int i = 0; i < 60; ++i) EXPECT_EQ(post_patient(), 201) << kind;
    EXPECT_EQ(end_fault(), 0) << kind;
    const auto said = read_text(path("fault.out"));
    const auto hits = said.find("hits ");
    ASSERT_NE(hits, std::string::npos) << said;
    EXPECT_GT(std::stoi(said.substr(hits + 5)), 0) << kind;
    EXPECT_EQ(post_patient(), 201) << kind;
  }
  begin_fault({"cpu-pressure"});
  EXPECT_EQ(end_fault(SIGKILL), -SIGKILL);
  const auto undone = undo();
  EXPECT_EQ(undone.out, "spine cgroup: restored\n") << undone.err;
}

// The kernel ends a child with the thread that started it: the timeline's must not be that.
TEST_F(FaultProcessTest, AServerOutlivesTheTimelineThatStartedItAgain) {
  load::ServerConfig config;
  config.program = PIM_PROGRAM;
  config.data_directory = data();
  config.keys_file = path("keys.json");
  config.scratch_directory = path("");
  const auto unit = std::make_shared<chaos::ServerUnit>(config);
  ASSERT_TRUE(unit->start().ok());
  const auto port = unit->port();
  const auto before = unit->pid();
  chaos::Target target;
  target.name = "spine";
  target.process = unit;
  {
    auto fault = chaos::make_fault("sigkill", target, {}, nullptr);
    ASSERT_TRUE(fault.ok());
    std::vector<chaos::PlannedFault> plan;
    plan.push_back({0s, 0s, std::move(*fault)});
    chaos::Timeline timeline(std::move(plan));
    timeline.start(std::chrono::steady_clock::now());
    EXPECT_TRUE(timeline.wait_until(std::chrono::steady_clock::now() + 60s));
    EXPECT_TRUE(timeline.errors().empty());
  }
  EXPECT_NE(unit->pid(), before);
  ASSERT_TRUE(unit->pid().has_value());
  EXPECT_EQ(unit->port(), port);
  const auto answer = load::HttpClient("127.0.0.1", port, 60s).send({"GET", "/v1/none", {}, ""});
  EXPECT_TRUE(answer.ok());
}

TEST_F(FaultProcessTest, MistakesSayWhatToDo) {
  start_unit();
  struct Mistake {
    Words arguments;
    int exit;
    std::string message;
  };
  const std::vector<Mistake> mistakes = {
      {{"run", "earthquake", "--for", "1s"}, 2, "no fault is called 'earthquake'"},
      {{"run", "sigstop", "--for", "soon", "--unit", unit_file()}, 2, "--for is 'soon'"},
      {{"run", "sigstop", "--for", "1s"}, 2, "sigstop needs a process, and 'target' has none"},
      {{"run", "sigstop", "--for", "1s", "--pid", "1"}, 2, "init, or ours"},
      {{"run", "sigkill", "--for", "1s", "--pid", std::to_string(process().pid)}, 2, "a unit file"},
      {{"run", "disk-slow", "--for", "1s", "--unit", unit_file()}, 2, "pim chaos disk"},
      {{"run", "disk-slow", "--for", "1s", "--disk", path("no.sock")}, 3, "nobody listens"},
      {{"run", "slow-clients", "--for", "1s", "--address", "192.0.2.1:80"}, 2, "on loopback"},
      {{"run", "slow-clients", "--for", "1s", "--address", "127.0.0.1:80", "--set", "pace=fast"},
       2,
       "pace is 'fast'"},
      {{"run", "net-partition", "--for", "1s", "--unit", unit_file()}, 2, "network namespace"},
      {{"run", "sigstop", "--for", "1s", "--unit", path("no.toml")}, 2, "cannot read"},
      {{"proxy", "--to", "192.0.2.1:80", "--control", path("p.sock")}, 2, "on loopback"},
      {{"proxy", "--to", "127.0.0.1:80", "--listen", "0.0.0.0:1", "--control", path("p.sock")},
       2,
       "on loopback"},
      {{"disk", path("absent"), "--control", path("d.sock"), "--", "true"}, 3, "absent"},
      {{"disk", data(), "--control", data() + "/d.sock", "--", "true"}, 2, "must lie outside"},
  };
  for (const auto& mistake : mistakes) {
    Words words{"chaos"};
    words.insert(words.end(), mistake.arguments.begin(), mistake.arguments.end());
    const auto run = pim(words);
    EXPECT_EQ(run.exit, mistake.exit) << mistake.message << "\n" << run.err;
    EXPECT_NE(run.err.find(mistake.message), std::string::npos) << run.err;
  }
  EXPECT_FALSE(std::filesystem::exists(".lab/chaos"));
}

TEST_F(FaultProcessTest, KindsAreListedForReadersAndPrograms) {
  const auto listed = pim({"chaos", "list"});
  EXPECT_EQ(listed.exit, 0);
  EXPECT_NE(listed.out.find("disk-slow: "), std::string::npos);
  EXPECT_NE(listed.out.find("delay=20ms"), std::string::npos);
  const auto json = pim({"chaos", "list", "--json"});
  EXPECT_NE(json.out.find(R"({"kind":"sigkill",)"), std::string::npos) << json.out;
}

}  // namespace
}  // namespace pim::integration
