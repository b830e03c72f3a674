#include "load/report/fault_alerts.h"

#include <gtest/gtest.h>

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using report::Wish;

const AlertFired kClientPage{"Burns", "availability", "client", "page", true, false, 12};
const AlertFired kServerPage{"Burns", "availability", "server", "page", true, false, 20};
const AlertFired kTicket{"Sheds", "", "", "ticket", false, false, 30};

FaultPeriod fault(const std::string& alert) { return {"sigstop", "spine", 40s, 100s, alert}; }

AlertFired already(AlertFired alert) {
  alert.before = true;
  alert.seconds = 0;
  return alert;
}

TEST(FaultAlerts, TheOneThatIsExpectedIsNamedWithOrWithoutItsObjective) {
  for (const auto* name : {"Burns", "Burns of availability"}) {
    const auto rows = alerts_of(fault(name), {kClientPage, kServerPage, kTicket});
    ASSERT_EQ(rows.size(), 2U) << "who saw it first is enough";
    EXPECT_EQ(rows[0].name, "Burns of availability");
    EXPECT_EQ(rows[0].wish, Wish::fires);
    EXPECT_EQ(rows[0].fault, "sigstop");
    EXPECT_EQ(rows[0].fired, 52s);
    EXPECT_EQ(rows[0].after, 12s);
    EXPECT_EQ(rows[1].name, "Sheds");
    EXPECT_EQ(rows[1].wish, Wish::none);
  }
}

TEST(FaultAlerts, AnotherOneIsNotTheOneThatIsExpected) {
  const auto rows = alerts_of(fault("Burns of freshness"), {kClientPage});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].wish, Wish::none);
  EXPECT_EQ(rows[1].name, "Burns of freshness");
  EXPECT_EQ(rows[1].wish, Wish::fires);
  EXPECT_FALSE(rows[1].fired);
}

TEST(FaultAlerts, WhatIsToleratedPagesNobodyAndMayCauseATicket) {
  auto rows = alerts_of(fault(kNoPage), {kTicket});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].wish, Wish::none);
  EXPECT_EQ(rows[1].name, "any page");
  EXPECT_EQ(rows[1].wish, Wish::silent);
  EXPECT_FALSE(rows[1].fired);
  rows = alerts_of(fault(kNoPage), {kClientPage});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].wish, Wish::silent);
  EXPECT_EQ(rows[0].fired, 52s);
}

TEST(FaultAlerts, WhatFiredBeforeWasNotCausedByIt) {
  auto rows = alerts_of(fault(kNoPage), {already(kClientPage)});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].fired);
  rows = alerts_of(fault("Burns"), {already(kClientPage)});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].before);
  EXPECT_FALSE(rows[0].fired);
  rows = alerts_of(fault("Burns"), {already(kClientPage), kServerPage});
  ASSERT_EQ(rows.size(), 1U) << "the other one is new";
  EXPECT_EQ(rows[0].after, 20s);
}

TEST(FaultAlerts, SilenceIsToldOfEachFault) {
  const auto rows = alerts_of(fault(""), {});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name, "any");
  EXPECT_EQ(rows[0].wish, Wish::none);
}

TEST(FaultAlerts, TheWaitIsForTheOneThatIsExpectedOrForSoonPages) {
  const std::vector<AlertRule> rules = {{"Burns", "page", 65s},
                                        {"Down", "page", 45s},
                                        {"Slow", "page", 645s},
                                        {"Late", "ticket", 90s}};
  EXPECT_EQ(settles_after(fault("Slow of availability"), rules), 645s);
  EXPECT_EQ(settles_after(fault("Down"), rules), 45s);
  EXPECT_EQ(settles_after(fault(kNoPage), rules), 65s);
  EXPECT_EQ(settles_after(fault(""), rules), 65s);
}

}  // namespace
}  // namespace pim::load
