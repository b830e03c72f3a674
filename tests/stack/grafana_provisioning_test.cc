// Golden examples are those of Grafana's documentation and of its own tests of provisioning values.
#include "grafana_provisioning.h"

#include <gtest/gtest.h>

#include <set>

namespace pim::grafana {
namespace {

const std::string kFiles = std::string(PIM_OBSERVABILITY) + "/grafana/provisioning/datasources";

TEST(GrafanaProvisioning, TextsAreExpandedAsGrafanaExpandsThem) {
  const Environment environment{{"STRING", "test"}, {"EMPTYSTRING", ""}};
  const std::pair<std::string, std::string> golden[] = {
      {"test", "test"},
      {"$STRING", "test"},
      {"${STRING}", "test"},
      {"Some text with $STRING\n", "Some text with test\n"},
      {"$EMPTYSTRING", ""},
      {"$$", "$"},
      {"mY,Passwo$$rd", "mY,Passwo$rd"},
      {"$${application}", "${application}"},
      {"{$${__tags}} | trace_id=\"$${__trace.traceId}\"",
       "{${__tags}} | trace_id=\"${__trace.traceId}\""},
      {"rate(m{$$__tags}[5m])", "rate(m{$__tags}[5m])"},
      {"^id$$", "^id$"},
      {"ends with $", "ends with $"},
  };
  for (const auto& [written, read] : golden) {
    const auto expanded = expand(written, environment);
    ASSERT_TRUE(expanded.ok()) << written << ": " << expanded.error();
    EXPECT_EQ(*expanded, read) << written;
  }
}

TEST(GrafanaProvisioning, AVariableThatIsNotSetIsAnError) {
  for (const auto* text : {"$ABSENT", "${ABSENT}", "${__tags}", "a $__tags b", "${a.b}", "${"}) {
    EXPECT_FALSE(expand(text, {}).ok()) << text;
  }
}

TEST(GrafanaProvisioning, BadFilesAreErrors) {
  for (const auto* yaml : {"datasources: [", "datasources: [{uid: a}]", "datasources: [1]", "[]",
                           "1", "datasources: [{uid: a, type: b, url: $ABSENT}]"}) {
    EXPECT_FALSE(Provisioning::parse(yaml, {}).ok()) << yaml;
  }
  EXPECT_FALSE(Provisioning::load("/nowhere", {}).ok());
}

TEST(GrafanaProvisioning, ACopyCanBeBroken) {
  const auto files = Provisioning::parse(
      "datasources: [{uid: a, type: t, jsonData: {on: true, no: 'true', n: 5}}]", {});
  ASSERT_TRUE(files.ok()) << files.error();
  EXPECT_EQ((*files->source("a"))["jsonData"], (Json{{"on", true}, {"no", "true"}, {"n", 5}}));
  const auto broken = files->with("a", "/jsonData/on", nullptr).with("a", "/jsonData/n", "six");
  EXPECT_EQ((*broken.source("a"))["jsonData"], (Json{{"no", "true"}, {"n", "six"}}));
  EXPECT_EQ((*files->source("a"))["jsonData"]["n"], 5) << "what it was copied from is as it was";
}

// Every uid that a file names leads to a source, and every source to an address.
TEST(GrafanaProvisioning, OurFilesAreWhole) {
  const auto defaults =
      read_environment(std::string(PIM_OBSERVABILITY) + "/grafana/datasources.env");
  ASSERT_TRUE(defaults.ok()) << defaults.error();
  const auto files = Provisioning::load(kFiles, *defaults);
  ASSERT_TRUE(files.ok()) << files.error();
  std::set<std::string> types;
  for (const auto& source : files->sources()) {
    types.insert(source["type"]);
    EXPECT_TRUE(source["url"].get<std::string>().starts_with("http://")) << source["uid"];
    EXPECT_EQ(source["editable"], false) << source["uid"];
    const auto flat = source.flatten();
    for (const auto& [path, value] : flat.items()) {
      const auto key = path.substr(path.rfind('/') + 1);
      if (key != "datasourceUid" && key != "targetUID" && key != "alertmanagerUid") continue;
      EXPECT_NE(files->source(value.get<std::string>()), nullptr) << source["uid"] << path;
    }
  }
  EXPECT_EQ(types, (std::set<std::string>{"alertmanager", "grafana-pyroscope-datasource", "loki",
                                          "prometheus", "tempo"}));
}

}  // namespace
}  // namespace pim::grafana
