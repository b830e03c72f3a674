// Starting, being killed, coming back, ending.
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "lab.h"
#include "load/history/check.h"
#include "load/history/recorder.h"
#include "load/workload.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

class ServerLifeTest : public Lab {
 protected:
  load::Response register_patient(const std::string& key, const std::string& zip3 = "432") {
    return call("POST", "/v1/patients", token("registrar"),
                R"({"birth_year":1980,"sex":"F","state":"OH","zip3":")" + zip3 + R"("})",
                {{"Idempotency-Key", key}});
  }
};

TEST_F(ServerLifeTest, TheSameRequestGetsTheSameAnswerAfterAKill) {
  serve();
  const auto first = register_patient("key-1");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_TRUE(first.header("idempotency-replayed").empty());
  kill_server();
  serve();
  const auto again = register_patient("key-1");
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  for (const auto* name : {"etag", "pim-position", "location", "pim-shard"}) {
    EXPECT_EQ(again.header(name), first.header(name)) << name;
  }
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(register_patient("key-1", "441").status, 422);
}

// Clients that write as fast as they can while the server is told to end, again and again: whatever
// it admitted is answered, and what was acknowledged is there. (A request may also meet a
// connection that is being closed: then nothing of it is in the history, and its key makes a retry
// safe.)
TEST_F(ServerLifeTest, ADrainAnswersWhatItAdmitted) {
  constexpr int kRounds = 5;
  constexpr std::uint32_t kClients = 8;
  const load::WorkloadOptions workload;
  const load::ReferenceData reference(7, workload.start, 2, 4);
  const auto bearer = token("loadgen");
  auto history = load::HistoryWriter::create(path("history.bin"));
  ASSERT_TRUE(history.ok()) << history.error();
  load::Recorder recorder(*history);
  for (int round = 0; round < kRounds; ++round) {
    serve();
    load::HttpClient setup("127.0.0.1", server().port(), 5s);
    for (const auto& command : reference.setup()) {
      ASSERT_EQ(recorder.send(setup, command, {0, "loadgen-user", bearer}).outcome,
                load::CallOutcome::ok);
    }
    std::atomic<int> acknowledged{0};
    std::vector<std::thread> clients;
    for (std::uint32_t client_number = 0; client_number < kClients; ++client_number) {
      const auto number = static_cast<std::uint32_t>(round) * kClients + client_number;
      clients.emplace_back([&, number, port = server().port()] {
        load::Session session(workload, reference, number);
        load::HttpClient client("127.0.0.1", port, 5s);
        while (true) {
          const auto result =
              recorder.send(client, session.current(), {number, "loadgen-user", bearer});
          if (result.outcome != load::CallOutcome::ok) return;
          ++acknowledged;
          session.accepted(result.version);
        }
      });
    }
    while (acknowledged < 200) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(stop_server(), 0);
    for (auto& client : clients) client.join();
  }

  ASSERT_EQ(pim({"audit", "export", "--data", data(), "--output", path("export.jsonl")}).exit, 0);
  ASSERT_TRUE(history->seal().ok());
  const auto report = load::check_history(path("history.bin"), path("export.jsonl"));
  ASSERT_TRUE(report.ok()) << report.error();
  EXPECT_TRUE(report->clean()) << report->summary();
  EXPECT_EQ(report->unknown_applied, 0u) << "requests that were admitted got no answer";
  EXPECT_GE(report->acknowledged, 200u * kRounds);
}

TEST_F(ServerLifeTest, OneProcessADirectory) {
  serve();
  const auto second = pim(
      {"serve", "--data", data(), "--keys", path("keys.json"), "--port", "0", "--admin-port", "0"});
  EXPECT_EQ(second.exit, 3);
  EXPECT_NE(second.err.find("in use by process"), std::string::npos) << second.err;
  EXPECT_EQ(pim({"audit", "verify", "--data", data()}).exit, 3);
}

class WaitingServerTest : public ServerLifeTest {
 protected:
  // A second one on the same data, up to where it waits.
  load::ServerProcess second(const char* limit) {
    const std::string scratch = path("second");
    std::filesystem::create_directory(scratch);
    auto started = load::ServerProcess::start(
        {PIM_PROGRAM, data(), path("keys.json"), scratch, {"--wait-seconds", limit}, {}});
    EXPECT_TRUE(started.ok());
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (log().find("waiting until another process") == std::string::npos) {
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "it does not wait: " << log();
        break;
      }
      std::this_thread::sleep_for(1ms);
    }
    return std::move(started).value();
  }
  std::string log() const { return read_text(path("second/server.log")); }
};

TEST_F(WaitingServerTest, ServesOnceItsPredecessorIsGone) {
  serve();
  ASSERT_EQ(register_patient("key-1").status, 201);
  auto successor = second("3600");
  kill_server();
  const auto ready = successor.await_ready(60s);
  EXPECT_TRUE(ready.ok()) << ready.error();
}

TEST_F(WaitingServerTest, EndsWhenToldTo) {
  serve();
  auto successor = second("3600");
  successor.process().signal(SIGTERM);
  const auto ended = successor.process().wait(std::chrono::steady_clock::now() + 60s);
  EXPECT_TRUE(ended && ended->clean()) << log();
  EXPECT_EQ(admin("GET", "/readyz").status, 200);
}

TEST_F(WaitingServerTest, SaysWhoHasTheDataWhenTheLimitPasses) {
  serve();
  auto successor = second("1");
  const auto ended = successor.process().wait(std::chrono::steady_clock::now() + 60s);
  EXPECT_TRUE(ended && ended->code == 3) << log();
  EXPECT_NE(log().find("in use by process"), std::string::npos) << log();
}

TEST_F(ServerLifeTest, SaysWhenItIsReadyAndTakesItBackAtTheEnd) {
  serve();
  EXPECT_EQ(admin("GET", "/readyz").status, 200);
  EXPECT_EQ(admin("GET", "/livez").status, 200);
  EXPECT_EQ(json_text(read_text(path("ready.json")), "port"), std::to_string(server().port()));
  EXPECT_EQ(stop_server(), 0);
  EXPECT_FALSE(std::filesystem::exists(path("ready.json")));
}

TEST_F(ServerLifeTest, AnchorsHeadsOutsideTheData) {
  serve({"--anchor-seconds", "1"});
  ASSERT_EQ(register_patient("key-1").status, 201);
  EXPECT_EQ(stop_server(), 0);
  struct stat info{};
  ASSERT_EQ(::stat((data() + "-anchors/anchors.log").c_str(), &info), 0);
  EXPECT_GT(info.st_size, 0);
  ASSERT_EQ(::stat((data() + "-anchors/anchor.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(ServerLifeTest, ListensBeyondLoopbackOnlyWithTls) {
  const auto run = pim({"serve", "--data", data(), "--keys", path("keys.json"), "--listen",
                        "0.0.0.0", "--port", "0", "--admin-port", "0"});
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("TLS"), std::string::npos) << run.err;
  const auto admin = pim({"serve", "--data", data(), "--keys", path("keys.json"), "--admin-listen",
                          "0.0.0.0", "--port", "0", "--admin-port", "0"});
  EXPECT_EQ(admin.exit, 3);
  EXPECT_NE(admin.err.find("TLS"), std::string::npos) << admin.err;
}

}  // namespace
}  // namespace pim::integration
