#include "load/report/alerts.h"

#include <gtest/gtest.h>

#include "telemetry/http_receiver_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

const AlertTime kBegin{1'764'300'000s};

TEST(AlertsFired, AreReadWithTheirDelaySoonestFirst) {
  const auto alerts = read_alerts(
      R"({"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"ALERTS","alertname":"PimDown","alertstate":"firing","severity":"page"},
         "values":[[1764300065,"1"],[1764300066,"1"]]},
        {"metric":{"alertname":"PimCompressedBurnsFast","slo":"availability","view":"client",
                   "severity":"page","compressed":"60"},
         "values":[[1764300012.5,"1"]]},
        {"metric":{"alertname":"PimHotShard","severity":"ticket"},"values":[[1764300000,"1"]]}]}})",
      kBegin);
  ASSERT_TRUE(alerts.ok()) << alerts.error();
  ASSERT_EQ(alerts->size(), 3U);
  const auto& hot = alerts->at(0);
  EXPECT_EQ(hot.name, "PimHotShard");
  EXPECT_TRUE(hot.before);  // no detection: it fired when the fault began
  const auto& burns = alerts->at(1);
  EXPECT_EQ(burns.name, "PimCompressedBurnsFast");
  EXPECT_EQ(burns.slo, "availability");
  EXPECT_EQ(burns.view, "client");
  EXPECT_EQ(burns.severity, "page");
  EXPECT_TRUE(burns.compressed);
  EXPECT_FALSE(burns.before);
  EXPECT_DOUBLE_EQ(burns.seconds, 12.5);
  const auto& down = alerts->at(2);
  EXPECT_EQ(down.name, "PimDown");
  EXPECT_EQ(down.slo, "");
  EXPECT_FALSE(down.compressed);
  EXPECT_DOUBLE_EQ(down.seconds, 65);
}

TEST(AlertsFired, WhatARulerRoundsUpFiredBefore) {
  const auto fired_at = [](const char* time) {
    return R"({"data":{"result":[{"metric":{"alertname":"A"},"values":[[)" + std::string(time) +
           R"(,"1"]]}]}})";
  };
  const auto begin = kBegin + 130us;
  EXPECT_TRUE(read_alerts(fired_at("1764300000.001"), begin)->at(0).before);
  EXPECT_FALSE(read_alerts(fired_at("1764300001.001"), begin)->at(0).before);
}

TEST(AlertsFired, NoneIsAnAnswer) {
  const auto alerts =
      read_alerts(R"({"status":"success","data":{"resultType":"matrix","result":[]}})", kBegin);
  ASSERT_TRUE(alerts.ok());
  EXPECT_TRUE(alerts->empty());
}

TEST(AlertsFired, WhatIsNoAnswerIsAnError) {
  for (const auto* answer :
       {"", "<html>", R"({"status":"error","error":"bad"})",
        R"({"data":{"result":[{"metric":{"alertname":"PimDown"},"values":[]}]}})"}) {
    EXPECT_FALSE(read_alerts(answer, kBegin).ok()) << answer;
  }
}

TEST(AlertsFired, ARulerThatIsGoneOrFailsIsAnError) {
  std::uint16_t port = 0;
  {
    telemetry::HttpReceiver ruler(0, [](const auto&, const auto&) {});
    port = ruler.port();
    ruler.answer_with(500);
    EXPECT_FALSE(alerts_fired("127.0.0.1", port, kBegin, kBegin + 60s).ok());
  }
  const auto gone = alerts_fired("127.0.0.1", port, kBegin, kBegin + 60s);
  ASSERT_FALSE(gone.ok());
  EXPECT_NE(gone.error().find("127.0.0.1:" + std::to_string(port)), std::string::npos);
}

}  // namespace
}  // namespace pim::load
