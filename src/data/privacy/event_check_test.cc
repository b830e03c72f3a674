#include "data/privacy/event_check.h"

#include <gtest/gtest.h>

#include <set>

#include "domain/calendar.h"

namespace pim::data::privacy {
namespace {

constexpr const char* kPatient =
    R"({"patient_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10","birth_year":1980,"sex":"F",)"
    R"("state":"OH","zip3":"432"})";

EventView event_view(std::string_view type, std::string_view data) {
  return {type, data, "", "load-3-000000123", start_of_year(2025), "bucket 17 position 42"};
}

Report check_one(const EventView& view) {
  Report report;
  EventCheck check(report);
  check.check(view);
  check.finish();
  return report;
}

std::string rules_found(const Report& report) {
  std::set<std::string_view> ids;
  for (const auto& finding : report.findings()) ids.insert(info(finding.rule).id);
  std::string list;
  for (const auto id : ids) list += (list.empty() ? "" : " ") + std::string(id);
  return list;
}

std::string patient_with(std::string_view from, std::string_view to) {
  std::string data = kPatient;
  const auto at = data.find(from);
  EXPECT_NE(at, std::string::npos);
  return data.replace(at, from.size(), to);
}

TEST(EventCheck, CleanEventsGiveNothing) {
  EXPECT_TRUE(check_one(event_view("patient-registered", kPatient)).clean());
  EXPECT_TRUE(check_one(event_view("patient-deactivated", "{}")).clean());
  const std::string charge =
      R"({"encounter_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10",)"
      R"("bill_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b11","line_no":1,"source_kind":"encounter",)"
      R"("source_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10","category":"professional","qty":1,)"
      R"("unit_cents":219459998,"amount_cents":219459998})";
  EXPECT_TRUE(check_one(event_view("charge-added", charge)).clean());
  const std::string prescribed =
      R"({"medication_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10",)"
      R"("encounter_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b11",)"
      R"("provider_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b12","provider_version":1,)"
      R"("rxcui":"860975","ndc11":"00093104801","dose":"500","unit":"mg","route":"oral",)"
      R"("start":"2024-03-01T10:15:00.000Z"})";
  const auto report = check_one(event_view("medication-prescribed", prescribed));
  EXPECT_TRUE(report.clean()) << to_text(report);
}

TEST(EventCheck, EachViolationIsFoundByItsOwnRuleAndByNoOther) {
  const std::string procedure =
      R"({"procedure_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10",)"
      R"("encounter_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b11",)"
      R"("provider_id":"018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b12","provider_version":1,)"
      R"("system":"PCS","code":"G0438","performed_at":"2024-03-01T10:15:00.000Z","quantity":1})";
  struct Case {
    const char* rule;
    const char* type;
    std::string data;
  };
  const std::vector<Case> cases = {
      {"event-type", "patient-praised", kPatient},
      {"event-malformed", "patient-registered", "[1]"},
      {"event-malformed", "patient-registered", "{"},
      {"event-malformed", "patient-registered", ""},
      {"event-field", "patient-registered", patient_with("\"sex\"", "\"city\":\"x\",\"sex\"")},
      {"event-field", "patient-deactivated", R"({"note":"x"})"},
      {"event-value", "patient-registered", patient_with("\"sex\":\"F\",", "")},
      {"event-value", "patient-registered", patient_with("\"432\"", "\"036\"")},
      {"event-value", "patient-registered", patient_with("\"432\"", "\"43215\"")},
      {"event-value", "procedure-recorded", procedure},
      {"age-90", "patient-registered", patient_with("1980", "1934")},
      {"name", "patient-registered", patient_with("\"F\"", "\"Jennifer\"")},
      {"ssn", "patient-registered",
       patient_with("\"sex\"", "\"city\":[{\"a\":\"219-45-9998\"}],\"sex\"")},
  };
  for (const auto& each : cases) {
    const auto report = check_one(event_view(each.type, each.data));
    EXPECT_EQ(rules_found(report), each.rule) << each.data << "\n" << to_text(report);
  }
  auto view = event_view("patient-deactivated", "{}");
  view.reason = "jennifer-moved";
  EXPECT_EQ(rules_found(check_one(view)), "name");
  view.reason = "moved-away";
  view.request_id = "for-219-45-9998";
  EXPECT_EQ(rules_found(check_one(view)), "ssn");
}

TEST(EventCheck, NamesTheFieldButNoValue) {
  const auto report =
      check_one(event_view("patient-registered", patient_with("\"432\"", "\"Wystan\"")));
  const auto text = to_text(report);
  EXPECT_NE(text.find("bucket 17 position 42: event-value: "), std::string::npos) << text;
  EXPECT_NE(text.find("/zip3"), std::string::npos) << text;
  EXPECT_EQ(text.find("Wystan"), std::string::npos) << text;
}

}  // namespace
}  // namespace pim::data::privacy
