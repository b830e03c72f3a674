#include "cli/load_alerts.h"

#include <gtest/gtest.h>

#include <mutex>

#include "load/loopback_testing.h"

namespace pim::cli {
namespace {

using namespace std::chrono_literals;
using load::report::Wish;

constexpr const char* kRules =
    R"({"data":{"groups":[{"interval":5,"rules":[{"type":"alerting","name":"Burns",
       "query":"x:ratio_20s > 1","labels":{"severity":"page"}}]}]}})";

// A ruler in which `Burns` fires, 12 s after the begin of what is asked for, or never. Keeps the
// questions.
class Ruler {
 public:
  explicit Ruler(bool fires)
      : fires_(fires),
        server_([this](const std::string& request, std::size_t) { return answer(request); }) {}
  Url url() const { return {"127.0.0.1", server_.port()}; }
  std::vector<std::string> questions() {
    const std::lock_guard lock(mutex_);
    return questions_;
  }

 private:
  load::ScriptedReply answer(const std::string& request) {
    if (request.find("/rules") != std::string::npos) return {load::ok_reply(kRules)};
    const std::lock_guard lock(mutex_);
    questions_.push_back(request.substr(0, request.find('\r')));
    std::string series;
    if (fires_) {
      const auto begin = std::stod(request.substr(request.find("start=") + 6));
      series = R"({"metric":{"alertname":"Burns","slo":"availability","severity":"page"},
                   "values":[[)" +
               std::to_string(begin + 12) + R"(,"1"]]})";
    }
    return {load::ok_reply(R"({"data":{"result":[)" + series + "]}}")};
  }

  const bool fires_;
  std::mutex mutex_;
  std::vector<std::string> questions_;  // guarded by mutex_
  load::LoopbackServer server_;         // ends before what it fills
};

// Of long ago: there is nothing to wait for.
load::RunResult run_with(std::vector<load::FaultPeriod> faults) {
  load::RunResult run;
  run.started = std::chrono::system_clock::time_point(1'764'300'000s);
  run.faults = std::move(faults);
  return run;
}

load::PlannedScenarioFault planned(const std::string& alert) {
  load::PlannedScenarioFault fault;
  fault.alert = alert;
  return fault;
}

const std::atomic<bool> kGoOn{false};

TEST(AlertWatch, TellsOfEachFaultWhatFiredAndHowSoon) {
  Ruler ruler(true);
  const auto watch = AlertWatch::begin(ruler.url(), {planned("Burns of availability")});
  ASSERT_TRUE(watch.ok()) << watch.error();
  const auto alerts =
      watch->wait(run_with({{"sigstop", "spine", 40s, 100s, "Burns of availability"}}), kGoOn);
  ASSERT_TRUE(alerts.ok()) << alerts.error();
  ASSERT_EQ(alerts->size(), 1U);
  EXPECT_EQ(alerts->at(0).wish, Wish::fires);
  EXPECT_EQ(alerts->at(0).after, 12s);
  EXPECT_EQ(alerts->at(0).fired, 52s);
}

TEST(AlertWatch, LooksUntilTheFaultHasSettledOrTheNextBegins) {
  Ruler ruler(false);
  const auto watch = AlertWatch::begin(ruler.url(), {planned("none"), planned("Burns")});
  ASSERT_TRUE(watch.ok());
  const auto alerts = watch->wait(
      run_with({{"sigstop", "", 40s, 41s, "none"}, {"sigkill", "", 90s, 100s, "Burns"}}), kGoOn);
  ASSERT_TRUE(alerts.ok()) << alerts.error();
  ASSERT_EQ(alerts->size(), 2U);
  EXPECT_EQ(alerts->at(0).wish, Wish::silent);
  EXPECT_FALSE(alerts->at(0).fired);
  EXPECT_EQ(alerts->at(1).wish, Wish::fires);
  EXPECT_FALSE(alerts->at(1).fired);
  const auto asked = ruler.questions();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_NE(asked[0].find("start=1764300040.000000&end=1764300090.000000"), std::string::npos)
      << asked[0];
  EXPECT_NE(asked[1].find("start=1764300090.000000&end=1764300165.000000"), std::string::npos)
      << asked[1];
}

TEST(AlertWatch, AnAlertThatTheRulerDoesNotHaveIsAnErrorBeforeTheRun) {
  Ruler ruler(false);
  EXPECT_TRUE(AlertWatch::begin(ruler.url(), {planned("none"), planned("")}).ok());
  const auto watch = AlertWatch::begin(ruler.url(), {planned("Burn")});
  ASSERT_FALSE(watch.ok());
  EXPECT_EQ(watch.error(), "the ruler has no alert 'Burn'; it has: Burns");
}

TEST(AlertWatch, AStopEndsTheWaitWithoutAWord) {
  Ruler ruler(false);
  const auto watch = AlertWatch::begin(ruler.url(), {});
  ASSERT_TRUE(watch.ok());
  auto run = run_with({{"sigstop", "", 40s, 41s, "Burns"}});
  run.started = std::chrono::system_clock::now();
  EXPECT_FALSE(watch->wait(run, std::atomic<bool>(true)).ok());
}

}  // namespace
}  // namespace pim::cli
