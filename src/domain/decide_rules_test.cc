#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "domain/decide.h"
#include "domain/decide_rules_testing.h"
#include "domain/domain_testing.h"
#include "domain/rejection.h"

namespace pim {
namespace {

using domain_testing::all_rules;
using domain_testing::Stream;

TEST(DecideRules, EachRefusesWhatItMust) {
  for (const auto& rule : all_rules()) {
    SCOPED_TRACE(rule.name);
    Stream stream(rule.refused.given);
    const auto before = stream.state;
    EXPECT_EQ(stream.offer(rule.refused.command), rule.rejection);
    EXPECT_EQ(stream.state, before);
  }
}

TEST(DecideRules, EachAcceptsItsNeighbour) {
  for (const auto& rule : all_rules()) {
    SCOPED_TRACE(rule.name);
    Stream stream(rule.accepted.given);
    const auto before = stream.state;
    stream.accept(rule.accepted.command);
    EXPECT_FALSE(stream.state == before) << "accepted, yet nothing changed";
  }
}

TEST(DecideRules, EachRejectionOfTheCatalogueHasARule) {
  std::set<std::string_view> covered;
  for (const auto& rule : all_rules()) covered.insert(rule.rejection);
  for (const auto& info : rejection_catalogue())
    EXPECT_TRUE(covered.contains(info.type)) << info.type;
}

TEST(DecideRules, EachRejectionExplainsItselfWithItsFacts) {
  for (const auto& rule : all_rules()) {
    SCOPED_TRACE(rule.name);
    Stream stream(rule.refused.given);
    ASSERT_EQ(stream.offer(rule.refused.command), rule.rejection);
    const auto* info = find_rejection(rule.rejection);
    ASSERT_TRUE(info);
    const auto detail = rejection_detail(stream.last_rejection);
    EXPECT_EQ(detail.find_first_of("{}"), std::string::npos) << detail;
    if (!stream.last_rejection.params.empty()) {
      EXPECT_NE(detail, info->title) << "a parameter of the detail is missing";
    }
  }
}

}  // namespace
}  // namespace pim
