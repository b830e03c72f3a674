#include "cli/prove/proof.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace pim::cli::prove {
namespace {

KillsReport some_kills() {
  KillsReport report;
  report.kills = {{1.5, 3, 180, 250}};
  for (int i = 1; i <= 400; ++i) {
    report.chaos.samples.push_back({static_cast<float>(i) / 100, static_cast<float>(i % 7 + 1)});
    report.chaos.latency.record(std::chrono::milliseconds(i % 7 + 1));
  }
  report.calm.by_shard = {1, 2, 3, 4};
  report.import.identifiers_dropped["patients.csv:ssn"] = 60;
  return report;
}

load::RunResult some_pressure() {
  load::RunResult run;
  run.scenario = "prove";
  run.description = "a spike & a kill";
  run.interval = std::chrono::seconds(1);
  for (int second = 0; second < 10; ++second) {
    load::Interval interval;
    interval.from = std::chrono::seconds(second);
    interval.p50_micros = 2000;
    interval.p99_micros = 9000;
    interval.ok = interval.due = interval.sent = 250;
    run.series.push_back(interval);
  }
  run.faults = {{"sigstop", "server", std::chrono::seconds(2), std::chrono::seconds(4)}};
  return run;
}

class ProofTest : public testing::Test {
 protected:
  ProofTest() {
    proof_.program = "pim <&>";
    proof_.claims = all_claims();
    proof_.claims[0].checks = {{"a \"check\" <b>", "1 < 2", true}};
    proof_.kills = &kills_;
    proof_.pressure = &pressure_;
  }
  const KillsReport kills_ = some_kills();
  const load::RunResult pressure_ = some_pressure();
  Proof proof_;
};

TEST_F(ProofTest, IsOneFileWithPlotsAndEscapedTexts) {
  const auto html = to_html(proof_);
  for (const auto* text : {"<svg", "SIGKILL", "not delivered on this machine", "patients.csv:ssn",
                           "pim &lt;&amp;&gt;", "sigstop", "a spike &amp; a kill",
                           "again: ./lab demo", "how: SIGKILLs in the middle of writes"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  for (const auto* outside : {"<script", "<link", "src=", "href=", "url(", "nan", "inf\""}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
}

TEST_F(ProofTest, IsJsonToo) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(to_json(proof_)).get(document), simdjson::SUCCESS);
  EXPECT_FALSE(bool(document["failed"]));
  EXPECT_EQ(simdjson::dom::array(document["claims"]).size(), 7u);
  EXPECT_EQ(std::string_view(document["claims"].at(0)["verdict"]), "proved");
  EXPECT_EQ(double(document["kills"]["kills"].at(0)["ready_ms"]), 180);
  EXPECT_GT(double(document["kills"]["with_kills"]["p99_ms"]), 1);
}

TEST_F(ProofTest, ShowsOnlyWhatWasPlayed) {
  proof_.kills = nullptr;
  proof_.pressure = nullptr;
  const auto html = to_html(proof_);
  EXPECT_EQ(html.find("<svg"), std::string::npos);
  EXPECT_EQ(to_json(proof_).find("with_kills"), std::string::npos);
}

TEST_F(ProofTest, SaysSoWhereAClaimFailsOrIsInconclusive) {
  EXPECT_EQ(sentence(proof_), "Every claim that is delivered here is proved.");
  proof_.claims[5].doubt = "the generator <was> the bottleneck";
  EXPECT_NE(to_html(proof_).find("No claim failed; at least one is inconclusive."),
            std::string::npos);
  EXPECT_NE(to_html(proof_).find("the generator &lt;was&gt; the bottleneck"), std::string::npos);
  proof_.claims[0].checks[0].holds = false;
  EXPECT_NE(to_html(proof_).find("At least one claim failed."), std::string::npos);
}

}  // namespace
}  // namespace pim::cli::prove
