#include "cli/serve_config.h"

#include <gtest/gtest.h>

namespace pim::cli {
namespace {

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}
const Environment kNone = environment({});

TEST(ServeConfig, NeedsOnlyADataDirectory) {
  const auto config = resolve_serve_config({{"data", "/d/"}}, kNone, "");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_EQ(config->data, "/d");
  EXPECT_EQ(config->anchors, "/d-anchors");
  EXPECT_EQ(config->port, 8080);
  EXPECT_EQ(config->shards, 4u);
  EXPECT_EQ(config->region, "local");
  EXPECT_EQ(config->anchor_every, std::chrono::seconds(60));
  EXPECT_EQ(config->admin_listen, "127.0.0.1");
  EXPECT_FALSE(config->plain_anywhere);
}

TEST(ServeConfig, TakesFlagBeforeEnvironmentBeforeFile) {
  const auto variables = environment({{"PIM_PORT", "2"}, {"PIM_ADMIN_PORT", "3"}});
  const auto config = resolve_serve_config({{"data", "/d"}, {"port", "1"}}, variables,
                                           "port = 4\nadmin-port = 5\nshards = 6\nkeys = \"/k\"\n");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_EQ(config->port, 1);
  EXPECT_EQ(config->admin_port, 3);
  EXPECT_EQ(config->shards, 6u);
  EXPECT_EQ(config->keys, "/k");
}

TEST(ServeConfig, SaysWhichSettingIsWrongAndWhereItCameFrom) {
  struct Case {
    SettingValues flags;
    Environment variables;
    std::string toml;
    std::string complaint;
  };
  const Case cases[] = {
      {{}, kNone, "", "--data DIRECTORY is required"},
      {{{"data", "/d"}, {"port", "x"}}, kNone, "", "--port is 'x' and must be an integer"},
      {{{"data", "/d"}, {"port", "65536"}}, kNone, "", "0 to 65535"},
      {{{"data", "/d"}}, environment({{"PIM_SHARDS", "0"}}), "", "PIM_SHARDS is '0'"},
      {{{"data", "/d"}}, kNone, "shards = 300", "shards in the configuration file is '300'"},
      {{{"data", "/d"}}, kNone, "shard = 3", "unknown setting 'shard'"},
      {{{"data", "/d"}}, kNone, "shards = 3.5", "must be a text or an integer"},
      {{{"data", "/d"}}, kNone, "shards = ", "configuration file, line 1"},
      {{{"data", "/d"}, {"tls-cert", "c"}}, kNone, "", "go together"},
      {{{"data", "/d"}, {"plain-http", "yes"}}, kNone, "", "must be loopback or anywhere"},
      {{{"data", "/d"}, {"otlp-endpoint", "localhost:4318"}}, kNone, "", "must begin with http"},
      {{{"data", "/d"}, {"trace-percent", "101"}}, kNone, "", "0 to 100"},
      {{{"data", "/d"}, {"region", "East 1"}}, kNone, "", "1 to 32 of a-z, 0-9 and -"},
      {{{"data", "/d"}, {"region", ""}}, kNone, "", "--region is ''"},
      {{{"data", "/d"}, {"region", std::string(33, 'a')}}, kNone, "", "1 to 32"},
      {{{"data", "/d"}, {"profile-hz", "1001"}}, kNone, "", "0 to 1000"},
      {{{"data", "/d"}, {"pyroscope-endpoint", "ftp://x"}}, kNone, "", "must begin with http"},
      {{{"data", "/d"}, {"profile-hz", "0"}, {"pyroscope-endpoint", "http://x"}},
       kNone,
       "",
       "wants a profiler"},
      {{{"data", "/d"}, {"pyroscope-key", "k"}}, kNone, "", "--pyroscope-cert and --pyroscope-key"},
      {{{"data", "/d"}, {"anchors", "/d/a"}}, kNone, "", "outside --data"},
  };
  for (const auto& each : cases) {
    const auto config = resolve_serve_config(each.flags, each.variables, each.toml);
    ASSERT_FALSE(config.ok()) << each.complaint;
    EXPECT_NE(config.error().find(each.complaint), std::string::npos) << config.error();
  }
}

}  // namespace
}  // namespace pim::cli
