#include "cli/demo/demo_report.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace pim::cli::demo {
namespace {

DemoReport sample() {
  DemoReport report;
  report.program = "pim <&>";
  report.claims = all_claims();
  report.claims[0].checks = {{"a \"check\" <b>", "1 < 2", true}};
  report.kills = {{1.5, 3, 180, 250}};
  for (int i = 1; i <= 400; ++i) {
    report.chaos.samples.push_back({static_cast<float>(i) / 100, static_cast<float>(i % 7 + 1)});
    report.chaos.latency.record(std::chrono::milliseconds(i % 7 + 1));
  }
  report.calm.by_shard = {1, 2, 3, 4};
  report.import.identifiers_dropped["patients.csv:ssn"] = 60;
  return report;
}

TEST(DemoReport, IsOneFileWithPlotsAndEscapedTexts) {
  const auto html = to_html(sample());
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_NE(html.find("SIGKILL"), std::string::npos);
  EXPECT_NE(html.find("not delivered"), std::string::npos);
  EXPECT_NE(html.find("patients.csv:ssn"), std::string::npos);
  EXPECT_NE(html.find("pim &lt;&amp;&gt;"), std::string::npos);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  for (const auto* outside : {"<script", "<link", "src=", "href=", "url(", "nan", "inf\""}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
}

TEST(DemoReport, IsJsonToo) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(to_json(sample())).get(document), simdjson::SUCCESS);
  EXPECT_FALSE(bool(document["failed"]));
  EXPECT_EQ(simdjson::dom::array(document["claims"]).size(), 7u);
  EXPECT_EQ(double(document["kills"].at(0)["ready_ms"]), 180);
  EXPECT_GT(double(document["with_kills"]["p99_ms"]), 1);
}

TEST(DemoReport, SaysSoWhereAClaimFails) {
  auto report = sample();
  EXPECT_EQ(to_html(report).find("At least one claim failed"), std::string::npos);
  report.claims[0].checks[0].holds = false;
  EXPECT_NE(to_html(report).find("At least one claim failed"), std::string::npos);
}

}  // namespace
}  // namespace pim::cli::demo
