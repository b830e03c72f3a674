#include "load/report/alert_rules.h"

#include <gtest/gtest.h>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

TEST(AlertRules, TheShortestWindowIsOfARangeOrOfARecordedName) {
  EXPECT_EQ(shortest_window("up{job=\"pim/pim\"} == 0"), 0s);
  EXPECT_EQ(shortest_window("increase(pim_journal_failures_total[5m]) > 0"), 5min);
  EXPECT_EQ(shortest_window("(pim:slo60_burn:ratio_1m > 14.4 and pim:slo60_burn:ratio_20s > 14.4) "
                            "or (pim:slo60_burn:ratio_6m > 6 and pim:slo60_burn:ratio_30s > 6)"),
            20s);
  EXPECT_EQ(shortest_window("pim:slo_burn:ratio_3d > 1 and pim:slo_burn:ratio_6h > 1"), 6h);
  EXPECT_EQ(shortest_window("status!=\"5xx\" > 2 or 3"), 0s);
}

TEST(AlertRules, AreReadWithWhenTheyHaveSettled) {
  const auto rules = read_alert_rules(
      R"({"status":"success","data":{"groups":[
        {"name":"a","interval":5,"rules":[
          {"type":"recording","name":"r","query":"up"},
          {"type":"alerting","name":"Burns","query":"x:ratio_20s > 1","duration":0,
           "labels":{"severity":"page"}}]},
        {"name":"b","interval":15,"rules":[
          {"type":"alerting","name":"Down","query":"up == 0","duration":60,"labels":{}}]}]}})");
  ASSERT_TRUE(rules.ok()) << rules.error();
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).name, "Burns");
  EXPECT_EQ(rules->at(0).severity, "page");
  EXPECT_EQ(rules->at(0).settles, 65s);  // 2 windows, 2 evaluations, 15 s
  EXPECT_EQ(rules->at(1).name, "Down");
  EXPECT_EQ(rules->at(1).severity, "");
  EXPECT_EQ(rules->at(1).settles, 45s);
}

TEST(AlertRules, WhatIsNoAnswerIsAnError) {
  for (const auto* answer :
       {"", "<html>", R"({"status":"error"})", R"({"data":{"groups":[{"rules":[]}]}})",
        R"({"data":{"groups":[{"interval":5,"rules":[{"type":"alerting","name":"A"}]}]}})"}) {
    EXPECT_FALSE(read_alert_rules(answer).ok()) << answer;
  }
}

}  // namespace
}  // namespace pim::load
