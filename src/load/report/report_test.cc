#include "load/report/report.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "load/run/ending.h"

namespace pim::load::report {
namespace {

using namespace std::chrono_literals;

// Every text that comes from elsewhere is hostile.
constexpr const char* kHostile = "<script>\"&</script>";

OperationResult operation(const char* name, bool command, int requests) {
  OperationResult result;
  result.name = name;
  result.command = command;
  result.before.ok = result.after.ok = static_cast<std::uint64_t>(requests);
  for (int i = 1; i <= requests; ++i) result.after.ok_latency.record(1ms * i);
  return result;
}

LoadReport sample() {
  LoadReport report;
  RunResult& run = report.run;
  run.scenario = "sample";
  run.description = kHostile;
  run.target = kHostile;
  run.started = std::chrono::system_clock::time_point(1'767'225'600s);
  run.warm_up = 10s;
  run.planned = run.elapsed = 60s;
  run.interval = 1s;
  run.operations = {operation("admit-encounter", true, 1000), operation("get-chart", false, 3000)};
  run.operations[1].after.ok = 2999;
  run.operations[1].after.failed = 1;
  for (int second = 0; second < 60; ++second) {
    const bool broken = second >= 30 && second < 40;
    Interval interval;
    interval.from = 1s * second;
    interval.due = 100;
    interval.ok = broken ? 0 : 100;
    interval.failed = broken ? 100 : 0;
    interval.by_ending[static_cast<std::size_t>(Ending::timeout)] = interval.failed;
    interval.p50_micros = broken ? 0 : 1000;
    interval.p99_micros = broken ? 0 : 5000;
    interval.p999_micros = broken ? 0 : 9000;
    run.series.push_back(interval);
  }
  run.shards = {{-1, {}}, {0, run.operations[0].after}, {1, run.operations[1].after}};
  run.errors = {{"timeout", "timeout", 1500, 1000, kHostile, kHostile, "4bf9", 31s}};
  run.slowest = {{12s, 900ms, 5ms, kHostile, "request-9", "0af7651916cd43dd8448eb211c80319c", true,
                  1, 2, kHostile}};
  run.faults = {{"sigstop", kHostile, 30s, 40s, kHostile}};
  run.retry.retries = 12;
  run.read_your_writes.checked = 77;
  run.checks = {{"all availability", ">= 99.9 %", "99.97 %", true, 0.3},
                {"commands p99", "<= 30 ms", "44 ms", true, {}},
                {"all goodput", kHostile, kHostile, true, {}}};
  run.verdict = Verdict::met;
  run.generator.cpu = 0.25;
  report.machine = kHostile;
  report.noise = MachineNoise{0.5, 0.01, 0.2};
  report.alerts = {{"PimAvailabilityFastBurn", "page", "sigstop", Wish::fires, 45s, 15s}};
  report.history =
      HistoryTruth{"acknowledged checked 4321, lost 0", {{"acknowledged", 4321}}, {}, {}};
  return report;
}

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(LoadReport, TheVerdictComesFirst) {
  const auto html = to_html(sample());
  const auto banner = html.find(
      "class=\"banner good\">Met: 4,000 requests, all 3 objectives held "
      "through 1 fault, and the history is true: ");
  ASSERT_NE(banner, std::string::npos) << html.substr(html.find("<body"), 800);
  EXPECT_LT(banner, html.find("<h2>"));
  EXPECT_LT(html.find("<h2>Objectives</h2>"), html.find("<svg"));
  EXPECT_NE(html.find("2026-01-01T00:00:00"), std::string::npos);
}

TEST(LoadReport, IsOneFileThatNothingOfTheRunCanChange) {
  auto report = sample();
  report.history->violations = {{kHostile, 1}};
  report.history->findings = {kHostile};
  report.run.generator.bottlenecks = {kHostile};
  report.run.reasons = {kHostile};
  const auto html = to_html(report);
  EXPECT_GT(times(html, "&lt;script&gt;&quot;&amp;&lt;/script&gt;"), 10U);
  for (const auto* outside :
       {"<script", "<link", "src=", "href=", "url(", "@import", "nan", "inf\"", "-0.0"}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
  EXPECT_EQ(times(html, "<svg"), times(html, "</svg>"));
  EXPECT_EQ(times(html, "<table"), times(html, "</table>"));
}

TEST(LoadReport, FaultsAreShadedWhereTimeIsTheAxis) {
  auto report = sample();
  report.run.faults[0].target = "server";
  const auto html = to_html(report);
  // latency, requests, failures
  EXPECT_EQ(times(html, "<title>sigstop of server</title>"), 3U);
  EXPECT_EQ(times(html, "<title>warm-up</title>"), 3U);
  // p50, p99 and p99.9 have a gap while nothing was answered
  const auto plot = html.substr(html.find("<svg"), html.find("</svg>") - html.find("<svg"));
  EXPECT_EQ(times(plot, "<polyline"), 6U);
  EXPECT_NE(html.find("<td>sigstop of server</td><td class=\"number\">30.0 s</td><td "
                      "class=\"number\">40.0 s</td><td class=\"number\">1,000</td>"),
            std::string::npos);
}

TEST(LoadReport, TheSlowestCanBeFoundElsewhere) {
  const auto html = to_html(sample());
  EXPECT_NE(html.find("<code>0af7651916cd43dd8448eb211c80319c (kept)</code>"), std::string::npos);
  EXPECT_NE(html.find("<code>request-9</code>"), std::string::npos);
  EXPECT_NE(html.find("4,321"), std::string::npos);
}

TEST(LoadReport, AnUntrueHistoryIsAViolationWhateverElse) {
  auto report = sample();
  EXPECT_EQ(overall(report), Verdict::met);
  report.history->violations = {{"lost", 2}};
  report.history->findings = {"request r1 was acknowledged and is not there"};
  EXPECT_EQ(overall(report), Verdict::violated);
  EXPECT_TRUE(sentence(report).starts_with("Violated: the history is not true: "));
  const auto html = to_html(report);
  EXPECT_NE(html.find("banner bad"), std::string::npos);
  EXPECT_NE(html.find("<li>request r1 was acknowledged and is not there</li>"), std::string::npos);
}

TEST(LoadReport, AnAlertThatStaysSilentIsAViolation) {
  auto report = sample();
  report.alerts[0].fired.reset();
  EXPECT_EQ(sentence(report), "Violated: PimAvailabilityFastBurn should have fired and did not.");
  report.alerts[0].wish = Wish::silent;
  EXPECT_EQ(overall(report), Verdict::met);
  report.alerts[0].fired = 5s;
  EXPECT_EQ(overall(report), Verdict::violated);
  EXPECT_NE(to_html(report).find("<td class=\"bad\">WRONG</td>"), std::string::npos);
  report.alerts[0].wish = Wish::none;  // told, and not judged
  EXPECT_EQ(overall(report), Verdict::met);
  EXPECT_EQ(to_html(report).find("WRONG"), std::string::npos);
}

TEST(LoadReport, AnAlertThatFiredBeforeItsFaultShowsNothing) {
  auto report = sample();
  report.alerts[0].fired.reset();
  report.alerts[0].after.reset();
  report.alerts[0].before = true;
  EXPECT_EQ(sentence(report),
            "Inconclusive: PimAvailabilityFastBurn fired already when the fault began.");
  EXPECT_NE(to_html(report).find("<td class=\"unsure\">fired before</td>"), std::string::npos);
  report.run.verdict = Verdict::violated;  // by an objective
  EXPECT_EQ(overall(report), Verdict::violated);
}

TEST(LoadReport, FaultsWithoutARulerAreSaidToBe) {
  auto report = sample();
  EXPECT_EQ(to_html(report).find("No ruler was asked"), std::string::npos);
  report.alerts.clear();
  EXPECT_NE(to_html(report).find("No ruler was asked"), std::string::npos);
  report.run.faults.clear();
  EXPECT_EQ(to_html(report).find("No ruler was asked"), std::string::npos);
}

TEST(LoadReport, ReasonsAreNamedAndTheRestCounted) {
  auto report = sample();
  report.run.verdict = Verdict::violated;
  report.run.checks[1].met = false;
  report.run.reasons = {"a", "b", "c", "d", "e"};
  EXPECT_EQ(sentence(report), "Violated: a; b; c; and 2 more.");
  EXPECT_NE(to_html(report).find("<td class=\"bad\">MISSED</td>"), std::string::npos);
  report.run.verdict = Verdict::inconclusive;
  report.run.reasons = {"the generator was its own bottleneck"};
  EXPECT_EQ(sentence(report), "Inconclusive: the generator was its own bottleneck.");
  EXPECT_NE(to_html(report).find("banner unsure"), std::string::npos);
}

TEST(LoadReport, ARunOfNothingHasAPageToo) {
  const auto html = to_html({});
  EXPECT_NE(html.find("banner unsure"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
}

TEST(LoadReport, IsJsonToo) {
  auto report = sample();
  report.run.errors[0].example = "\xFF\xFE no UTF-8";
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(to_json(report)).get(document), simdjson::SUCCESS);
  EXPECT_EQ(std::string_view(document["verdict"]), "met");
  EXPECT_EQ(std::string_view(document["started"]).substr(0, 19), "2026-01-01T00:00:00");
  EXPECT_EQ(double(document["objectives"].at(0)["budget_spent"]), 0.3);
  EXPECT_EQ(simdjson::dom::array(document["series"]).size(), 60U);
  EXPECT_EQ(std::uint64_t(document["series"].at(35)["ended"]["timeout"]), 100U);
  EXPECT_NEAR(double(document["operations"].at(0)["with_retries"]["latency"]["p50_ms"]), 500, 1);
  EXPECT_EQ(double(document["faults"].at(0)["from_seconds"]), 30);
  EXPECT_EQ(double(document["alerts"].at(0)["after_seconds"]), 15);
  EXPECT_TRUE(bool(document["alerts"].at(0)["wanted"]));
  EXPECT_TRUE(bool(document["history"]["true"]));
  EXPECT_EQ(std::uint64_t(document["history"]["checked"]["acknowledged"]), 4321U);
}

}  // namespace
}  // namespace pim::load::report
