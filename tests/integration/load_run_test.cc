// `pim load run` against a real server, and what it wrote held against that server's store.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "lab.h"
#include "load/child_process.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

constexpr const char* kScenario = R"(name = "mixed"
description = "a little of everything"
seed = 11
warm_up = "500ms"

[[stage]]
rate = 100
duration = "2500ms"

[mix]
write = 50
get-chart = 20
get-timeline = 8
list-bills = 4
get-provider = 4
list-encounters-by-provider = 4
get-facility = 2
get-census = 4
list-encounters-by-day = 2
get-code-frequency = 2

[data]
facilities = 2
providers = 5
patients = 40
zipf = 1.0
hot_patients = { count = 2, share = 0.2 }

[client]
connections = 8
deadline = "20s"
timeout = "10s"
read_your_writes = 0.2
)";

class LoadRun : public Lab {
 protected:
  std::string scenario(const std::string& more) {
    std::ofstream(path("scenario.toml")) << kScenario << more;
    return path("scenario.toml");
  }
  std::vector<std::string> command(const std::string& file, const std::string& out) {
    return {"load",
            "run",
            file,
            "--target",
            "http://127.0.0.1:" + std::to_string(server().port()),
            "--keys",
            path("keys.json"),
            "--out",
            path(out),
            "--json"};
  }
  // 4 is for a machine so busy that the generator was late, and it must say so.
  void expect_exit(const ProgramRun& ran, int wanted) {
    if (ran.exit == 4) {
      EXPECT_EQ(json_text(ran.out, "verdict"), "inconclusive");
      EXPECT_NE(ran.out.find("of the arrivals were taken up"), std::string::npos) << ran.out;
      return;
    }
    EXPECT_EQ(ran.exit, wanted) << ran.out << ran.err;
  }
};

TEST_F(LoadRun, AsksAServerForEverythingAndItsHistoryIsTrue) {
  serve();
  auto arguments = command(scenario("[slo.all]\navailability = 99\n"), "out");
  arguments.insert(arguments.end(), {"--metrics-port", "0"});
  const auto ran = pim(arguments);
  expect_exit(ran, 0);
  EXPECT_NE(ran.err.find("metrics on http://127.0.0.1:"), std::string::npos) << ran.err;
  EXPECT_EQ(json_text(ran.out, "errors"), "[]");
  EXPECT_EQ(read_text(path("out/result.json")), ran.out);
  const auto own = json_text(ran.out, "read_your_writes");
  EXPECT_EQ(json_text(own, "stale"), "0");
  EXPECT_NE(json_text(own, "checked"), "0");
  for (const char* operation : {"get-chart", "get-timeline", "admit-encounter", "amend-patient"}) {
    EXPECT_NE(ran.out.find("\"name\":\"" + std::string(operation) + '"'), std::string::npos)
        << operation;
  }
  // All four shards were asked.
  EXPECT_NE(json_text(ran.out, "shards").find("\"shard\":3"), std::string::npos);

  ASSERT_EQ(stop_server(), 0);
  ASSERT_EQ(pim({"audit", "export", "--data", data(), "--output", path("export.jsonl")}).exit, 0);
  const auto checked =
      pim({"load", "check", "--history", path("out/history"), "--export", path("export.jsonl")});
  EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
}

TEST_F(LoadRun, AServerThatDoesNotKeepItsWordIsFoundOut) {
  serve({}, {}, PIM_PLANTED, {"PIM_PLANTED_BUG=drop-request"});
  auto arguments = command(scenario("[slo.all]\navailability = 99\n"), "out");
  arguments.insert(arguments.end(), {"--duration", "1s", "--check",
                                     "http://127.0.0.1:" + std::to_string(server().admin_port())});
  const auto ran = pim(arguments);
  EXPECT_EQ(ran.exit, 1) << ran.err;
  EXPECT_NE(json_text(ran.out, "sentence").find("the history is not true"), std::string::npos);
  const auto violations = json_text(json_text(ran.out, "history"), "violations");
  EXPECT_NE(violations.find("\"unnamed\":"), std::string::npos) << violations;
  EXPECT_NE(read_text(path("out/report.html")).find("<td>unnamed</td>"), std::string::npos);
}

TEST_F(LoadRun, AStoreThatOthersWroteToIsSaidToBe) {
  serve();
  const auto file = scenario("");
  const auto run_again = [&](const char* out, std::vector<std::string> more) {
    auto arguments = command(file, out);
    more.insert(more.end(), {"--duration", "1s", "--check",
                             "http://127.0.0.1:" + std::to_string(server().admin_port())});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pim(arguments);
  };
  expect_exit(run_again("first", {}), 0);
  const auto strict = run_again("second", {});
  EXPECT_EQ(strict.exit, 1);
  EXPECT_NE(strict.out.find("\"phantom\":"), std::string::npos) << "of the first run";
  expect_exit(run_again("third", {"--others-wrote"}), 0);
}

TEST_F(LoadRun, AStoreThatCannotBeAskedIsNoVerdict) {
  serve();
  auto arguments = command(scenario(""), "out");
  arguments.insert(arguments.end(), {"--duration", "1s", "--check", "http://127.0.0.1:1"});
  const auto ran = pim(arguments);
  EXPECT_EQ(ran.exit, 3);
  EXPECT_NE(ran.err.find("the history could not be checked"), std::string::npos) << ran.err;
  EXPECT_FALSE(read_text(path("out/result.json")).empty()) << "the load is not lost";
}

TEST_F(LoadRun, AnObjectiveThatCannotBeHeldIsAViolation) {
  serve();
  auto arguments = command(scenario("[slo.all]\np50 = \"1us\"\n"), "out");
  arguments.insert(arguments.end(), {"--duration", "1s"});
  expect_exit(pim(arguments), 1);
}

TEST_F(LoadRun, AnInterruptLeavesAResultAndNoVerdict) {
  serve();
  const auto file = scenario("");
  auto arguments = command(file, "out");
  arguments.insert(arguments.begin(), PIM_PROGRAM);
  arguments.insert(arguments.end(), {"--duration", "1h"});
  auto child = load::ChildProcess::start({arguments, {}, path("stdout"), path("stderr")});
  ASSERT_TRUE(child.ok());
  // Until the load has begun.
  const auto begun = load::Clock::now() + 60s;
  while (read_text(path("stderr")).find("warm-up") == std::string::npos &&
         read_text(path("stderr")).find("measuring") == std::string::npos) {
    ASSERT_LT(load::Clock::now(), begun) << read_text(path("stderr"));
    std::this_thread::sleep_for(20ms);
  }
  child->signal(SIGINT);
  const auto exit = child->wait(load::Clock::now() + 30s);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->code, 4);
  const auto result = read_text(path("out/result.json"));
  EXPECT_EQ(json_text(result, "interrupted"), "true");
  EXPECT_EQ(json_text(result, "verdict"), "inconclusive");
}

TEST_F(LoadRun, SaysWhatIsWrongBeforeItAsksForAnything) {
  serve();
  const auto file = scenario("");
  auto again = command(file, "out");
  std::filesystem::create_directories(path("out"));
  std::ofstream(path("out/history")) << "another run's";
  EXPECT_EQ(pim(again).exit, 3);

  const auto broken = scenario("[[fault]]\nat = \"1s\"\nfor = \"1s\"\nkind = \"sigstop\"\n");
  const auto refused = pim(command(broken, "other"));
  EXPECT_EQ(refused.exit, 2);
  EXPECT_NE(refused.err.find("--without-faults"), std::string::npos) << refused.err;

  const auto untold = pim({"load", "run", scenario(""), "--token-file", token_file("loadgen"),
                           "--out", path("other"), "--check", "http://127.0.0.1:1"});
  EXPECT_EQ(untold.exit, 2);
  EXPECT_NE(untold.err.find("--operator-token-file"), std::string::npos) << untold.err;

  const auto port = server().port();
  kill_server();
  const auto away =
      pim({"load", "run", scenario(""), "--target", "http://127.0.0.1:" + std::to_string(port),
           "--keys", path("keys.json"), "--out", path("away")});
  EXPECT_EQ(away.exit, 3);
  EXPECT_NE(away.err.find("connect: Connection refused"), std::string::npos) << away.err;
}

}  // namespace
}  // namespace pim::integration
