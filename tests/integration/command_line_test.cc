// What `pim` tells the shell: exit codes, help with examples, JSON where a program may read it.
#include <filesystem>
#include <fstream>

#include "lab.h"

namespace pim::integration {
namespace {

class CommandLineTest : public Lab {};

constexpr const char* kId = "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10";

TEST_F(CommandLineTest, EverySubcommandHelpsWithAnExample) {
  const std::vector<std::vector<std::string>> commands = {
      {"serve"},
      {"token"},
      {"version"},
      {"metrics"},
      {"prove"},
      {"chaos", "list"},
      {"chaos", "run"},
      {"chaos", "undo"},
      {"chaos", "disk"},
      {"chaos", "proxy"},
      {"data", "generate"},
      {"data", "import"},
      {"data", "verify"},
      {"data", "profile"},
      {"shard", "locate"},
      {"shard", "map"},
      {"store", "backup"},
      {"store", "restore"},
      {"store", "activate"},
      {"store", "inspect"},
      {"store", "rebuild"},
      {"load", "check"},
      {"load", "history"},
      {"audit", "verify"},
      {"audit", "search"},
      {"audit", "export"},
      {"audit", "reconstruct"},
  };
  for (auto command : commands) {
    const auto name = command.back();
    command.emplace_back("--help");
    const auto run = pim(command);
    EXPECT_EQ(run.exit, 0) << name;
    EXPECT_NE(run.out.find("Example:\n  pim "), std::string::npos) << name << ": " << run.out;
  }
}

TEST_F(CommandLineTest, MistakesOfUseAreTwo) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"fly"},
      {"shard"},
      {"shard", "locate"},
      {"shard", "locate", "not-a-uuid"},
      {"shard", "locate", kId, "--shards", "0"},
      {"shard", "locate", kId, "--colour"},
      {"serve"},
      {"serve", "--data", path("x"), "--port", "70000"},
      {"serve", "--data", path("x"), "--region", "East 1"},
      {"serve", "--data", path("x"), "--anchors", path("x/anchors")},
      {"token", "--keys", path("keys.json")},
      {"token", "--keys", path("keys.json"), "--user", "a", "--role", "king", "--tenant", "t1"},
      {"token", "--keys", path("keys.json"), "--user", "a", "--role", "auditor", "--tenant", "t1",
       "--ttl", "12x"},
      {"store", "backup", "--to", path("b")},
      {"audit", "verify"},
      {"audit", "reconstruct", "--data", path("x"), "no-uuid"},
      {"data", "import", "--map", path("none.toml"), path("x.csv")},
      {"data", "verify"},
      {"data", "verify", path("x.csv"), "--store", path("x")},
      {"data", "verify", path("x.csv"), "--year", "12"},
      {"prove", "--sabotage", "9"},
  };
  for (const auto& mistake : mistakes) {
    std::string line = "pim";
    for (const auto& word : mistake) line += " " + word;
    const auto run = pim(mistake);
    EXPECT_EQ(run.exit, 2) << line << "\n" << run.out << run.err;
    EXPECT_FALSE(run.err.empty()) << line;
  }
}

TEST_F(CommandLineTest, WhatIsMissingAroundItIsThree) {
  const std::vector<std::vector<std::string>> cases = {
      {"serve", "--data", path("d"), "--keys", path("no-keys.json"), "--port", "0", "--admin-port",
       "0"},
      {"serve", "--data", path("d"), "--config", path("no.toml")},
      {"token", "--keys", path("no-keys.json"), "--user", "a", "--role", "auditor", "--tenant",
       "t1"},
      {"audit", "verify", "--data", path("none")},
      {"data", "verify", path("none.csv")},
      {"data", "verify", "--store", path("none")},
      {"store", "inspect", "--data", path("none")},
      {"store", "restore", "--from", path("none"), "--data", path("x")},
      {"store", "backup", "--to", path("b"), "--admin-url", "http://127.0.0.1:1", "--token-file",
       path("keys.json")},
  };
  for (const auto& each : cases) {
    const auto run = pim(each);
    EXPECT_EQ(run.exit, 3) << each[0] << " " << each[1] << "\n" << run.out << run.err;
    EXPECT_TRUE(run.err.starts_with("pim: ")) << run.err;
  }
  EXPECT_FALSE(std::filesystem::exists(path("none"))) << "a tool makes no store";
}

TEST_F(CommandLineTest, LocateAgreesWithTheServersHeader) {
  serve();
  for (int i = 0; i < 24; ++i) {
    const auto created = call("POST", "/v1/patients", token("registrar"),
                              R"({"birth_year":1980,"sex":"F","state":"OH","zip3":"432"})");
    ASSERT_EQ(created.status, 201) << created.body;
    const std::string location(created.header("location"));
    const auto id = location.substr(location.rfind('/') + 1);
    const auto located = pim({"shard", "locate", id, "--json"});
    EXPECT_EQ(located.exit, 0);
    EXPECT_EQ(json_text(located.out, "shard"), created.header("pim-shard")) << id;
  }
}

TEST_F(CommandLineTest, TheMapCoversEveryBucketOnce) {
  const auto run = pim({"shard", "map", "--shards", "3", "--json"});
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(json_text(run.out, "shards"), R"([{"shard":0,"first_bucket":0,"last_bucket":1365},)"
                                          R"({"shard":1,"first_bucket":1366,"last_bucket":2730},)"
                                          R"({"shard":2,"first_bucket":2731,"last_bucket":4095}])");
}

TEST_F(CommandLineTest, ServeTakesItsSettingsFromFileAndEnvironment) {
  std::ofstream(path("pim.toml")) << "shards = 7\nmax-connections = 9\n";
  serve({"--config", path("pim.toml")}, {}, PIM_PROGRAM, {"PIM_MAX_CONNECTIONS=11"});
  const auto metrics = admin("GET", "/metrics").body;
  EXPECT_NE(metrics.find(R"(shard="6")"), std::string::npos);
  EXPECT_EQ(metrics.find(R"(shard="7")"), std::string::npos);
}

TEST_F(CommandLineTest, TheShippedProgramKnowsNoPlantedBug) {
  serve({}, {}, PIM_PROGRAM, {"PIM_PLANTED_BUG=drop-user"});
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"),
                 R"({"birth_year":1980,"sex":"F","state":"OH","zip3":"432"})")
                .status,
            201);
  ASSERT_EQ(stop_server(), 0);
  EXPECT_EQ(pim({"audit", "verify", "--data", data()}).exit, 0);
}

TEST_F(CommandLineTest, AnEventWithoutItsUserIsFound) {
  serve({}, {}, PIM_PLANTED, {"PIM_PLANTED_BUG=drop-user"});
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"),
                 R"({"birth_year":1980,"sex":"F","state":"OH","zip3":"432"})")
                .status,
            201);
  ASSERT_EQ(stop_server(), 0);
  const auto run = pim({"audit", "verify", "--data", data()});
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_NE(run.out.find("names no user"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace pim::integration
